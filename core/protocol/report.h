// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include "core/protocol/verdict.h"

namespace luolab {

/// A named stretch of a job's time line. docs/phases.md lists the names with start and end.
/// Guest stamps come from the TSC; `duration` is their difference by the attempt's frequency.
/// Worker stamps are CLOCK_MONOTONIC of the worker, from the attempt's start.
struct Phase {
  std::string name;
  std::int32_t hop = -1;                   ///< 0-based; -1: before the first hop
  std::string subject;                     ///< "vm-0/ram" or a session; empty: the whole
  std::optional<std::uint64_t> start_tsc;  ///< empty: only the worker saw it
  std::optional<std::uint64_t> end_tsc;
  std::chrono::nanoseconds start{};  ///< on the worker's clock
  std::chrono::nanoseconds end{};
  std::chrono::nanoseconds duration{};  ///< by the best clock: TSC where there is one
};
BOOST_DESCRIBE_STRUCT(Phase, (), (name, hop, subject, start_tsc, end_tsc, start, end, duration))

/// One digest over a range of one memfd, expected against actual.
struct Checksum {
  std::int32_t hop = 0;
  std::string memfd;  ///< "vm-0/ram"
  std::uint64_t offset_bytes = 0;
  std::uint64_t length_bytes = 0;  ///< the whole memfd: its size
  std::string algorithm;           ///< "xxh3-128", "xxh3-128-tree", "sha256"
  std::string expected;            ///< from the worker's record; never from the memory under test
  std::string actual;
};
BOOST_DESCRIBE_STRUCT(Checksum, (),
                      (hop, memfd, offset_bytes, length_bytes, algorithm, expected, actual))

/// One thing that was checked. `verdict` is what it contributes: PASS, or whose fault it is.
struct Check {
  std::int32_t hop = -1;
  std::string name;  ///< "continuity.nonce", "content", "console", "phase.blackout"
  std::string subject;
  Verdict verdict = Verdict::PASS;
  std::string detail;  ///< expected and actual, in words
};
BOOST_DESCRIBE_STRUCT(Check, (), (hop, name, subject, verdict, detail))

struct Measurement {
  std::int32_t hop = -1;
  std::string name;  ///< "tsc.frequency"
  double value = 0;
  std::string unit;    ///< "Hz", "B/s", "1"
  std::string detail;  ///< source of the figure
};
BOOST_DESCRIBE_STRUCT(Measurement, (), (hop, name, value, unit, detail))

/// A stretch of the console that speaks against the kernel.
struct ConsoleFinding {
  std::string kind;                ///< "panic", "oops", "warning", "kasan", ...
  std::uint64_t offset_bytes = 0;  ///< of the matching line in the console file
  std::string excerpt;             ///< the line with what surrounds it
};
BOOST_DESCRIBE_STRUCT(ConsoleFinding, (), (kind, offset_bytes, excerpt))

/// One kexec.
struct HopReport {
  std::uint32_t index = 0;
  std::string outgoing_build;  ///< digest of the build
  std::string incoming_build;
  std::string outgoing_boot_id;
  std::string incoming_boot_id;   ///< empty: it never said hello
  std::string incoming_release;   ///< uname -r
  std::string incoming_build_id;  ///< GNU build id, from /sys/kernel/notes
};
BOOST_DESCRIBE_STRUCT(HopReport, (),
                      (index, outgoing_build, incoming_build, outgoing_boot_id, incoming_boot_id,
                       incoming_release, incoming_build_id))

/// One kernel build, as far as results need it.
struct BuildReport {
  std::string digest;        ///< the build's key
  std::string title;         ///< "linux-7.3 + phase-stamps"
  std::string release;       ///< "7.3.4"
  std::string base_version;  ///< "7.3.4-1~bpo13+1"
  std::string build_id;
  std::string metadata_json;  ///< metadata.json of the build, whole
};
BOOST_DESCRIBE_STRUCT(BuildReport, (),
                      (digest, title, release, base_version, build_id, metadata_json))

/// Where an attempt's own machine started. Another point than power-on: the machine was saved there
/// once, and what came before is that machine's (fork).
enum class StartPoint {
  power_on,
  booted,       ///< the first kernel has said hello
  prepared,     ///< all memfds are filled and recorded, nothing is preserved
  handed_over,  ///< the first incoming kernel has its notes, nothing is retrieved
};
BOOST_DESCRIBE_ENUM(StartPoint, power_on, booted, prepared, handed_over)

/// "power-on", "booted", "prepared", "handed-over".
std::string start_point_name(StartPoint point);
std::optional<StartPoint> parse_start_point(std::string_view name);

/// A file kept as evidence, addressed by its digest.
struct Artifact {
  std::string name;  ///< "console.log"
  std::string sha256;
  std::uint64_t size_bytes = 0;
  std::string path;  ///< on this worker, until it is stored
};
BOOST_DESCRIBE_STRUCT(Artifact, (), (name, sha256, size_bytes, path))

/// What one attempt found out. `reason` is one line: why this verdict.
struct AttemptReport {
  Verdict verdict = Verdict::MISS;
  std::string reason;
  std::string worker;  ///< host name
  std::string accel;   ///< "tcg" or "kvm"
  StartPoint start = StartPoint::power_on;
  std::chrono::nanoseconds wall{};   ///< the attempt's whole time
  std::uint64_t bytes_verified = 0;  ///< over all hops
  std::vector<BuildReport> builds;
  std::vector<HopReport> hops;
  std::vector<Phase> phases;
  std::vector<Checksum> checksums;
  std::vector<Check> checks;
  std::vector<Measurement> measurements;
  std::vector<ConsoleFinding> findings;
  std::vector<Artifact> artifacts;
};
BOOST_DESCRIBE_STRUCT(AttemptReport, (),
                      (verdict, reason, worker, accel, start, wall, bytes_verified, builds, hops,
                       phases, checksums, checks, measurements, findings, artifacts))

}  // namespace luolab
