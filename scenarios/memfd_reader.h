// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "scenarios/field.h"
#include "scenarios/model.h"

namespace luolab {

/// The page size of every architecture that luolab knows.
inline constexpr std::uint64_t kPageBytes = 4096;

/// One entry of `memfds`, before `count` is expanded.
struct MemfdEntry {
  MemfdSpec memfd;                     ///< name empty where it is faulty
  std::optional<std::uint64_t> token;  ///< empty: its index in the session
  std::uint64_t count = 1;
  bool is_numbered = false;  ///< `count` was given: the names end in -0, -1, ...
};

/// Reads one entry and checks it for itself. Reports what is wrong.
MemfdEntry read_memfd(const Field& field);

}  // namespace luolab
