// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

namespace luolab {

/// What keeps the target busy while its kernel is replaced. docs/scenario-format.md, "Load".
enum class LoadKind { memory_writer, memory_reader, cpu, fork, io, pressure, sessions, echo, exec };
BOOST_DESCRIBE_ENUM(LoadKind, memory_writer, memory_reader, cpu, fork, io, pressure, sessions, echo,
                    exec)

/// In which order memory loads visit the pages of their memfd. Defined in
/// core/wire/load_sequence.h.
enum class PageOrder { sequential, random, hot_spot };
BOOST_DESCRIBE_ENUM(PageOrder, sequential, random, hot_spot)

/// One load of a job. Members that its kind has no use for keep their defaults.
struct LoadSpec {
  LoadKind kind = LoadKind::cpu;
  std::string memfd;  ///< memory-writer, memory-reader: "vm-0/ram", of pattern records
  std::uint32_t threads = 1;
  bool pinned = false;     ///< thread i on CPU i, counted round
  std::uint64_t rate = 0;  ///< steps a second of each thread, requests a second of echo; 0: full
  PageOrder order = PageOrder::sequential;
  std::uint64_t leave_bytes = std::uint64_t{64} << 20;  ///< pressure: what stays available
  std::string file;                                     ///< exec: a path on the worker
  std::vector<std::string> args;                        ///< exec
};
BOOST_DESCRIBE_STRUCT(LoadSpec, (),
                      (kind, memfd, threads, pinned, rate, order, leave_bytes, file, args))

}  // namespace luolab
