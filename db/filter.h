// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "db/attempt_record.h"
#include "db/fleet_build.h"
#include "db/record.h"

namespace luolab {

// What a list is narrowed by. Lists are newest first; `before` is the last id of the page before.
// Empty strings and empty optionals do not narrow.

/// No list is longer, whatever is asked for.
inline constexpr std::size_t kLongestPage = 500;

struct RunFilter {
  std::optional<RunState> state;
  std::optional<Verdict> verdict;  ///< that at least one of its jobs has
  std::string submitter;
  std::string series_key;
  std::string text;  ///< words of title and submitter, or their beginnings
  std::optional<RunId> before;
  std::size_t limit = 50;
};

struct JobFilter {
  std::optional<RunId> run;
  std::optional<JobState> state;
  std::optional<Verdict> verdict;
  std::string scenario;
  std::string worker;  ///< of the last attempt
  std::string kernel;  ///< key or title of a build that one of its attempts reported
  std::optional<JobId> before;
  std::size_t limit = 50;
};

struct AttemptFilter {
  std::optional<JobId> job;
  std::optional<AttemptState> state;  ///< running: the leases
  std::string worker;
  std::optional<AttemptId> before;
  std::size_t limit = 50;
};

/// Of phases, checksums and measurements of all attempts.
struct RowFilter {
  std::string name;  ///< phase or measurement; of checksums: the memfd
  std::string scenario;
  std::optional<JobId> job;
  std::optional<AttemptId> attempt;
  std::optional<RowPlace> before;
  std::size_t limit = 100;
};

/// Of events, which are oldest first.
struct EventFilter {
  std::int64_t after = 0;  ///< seq
  std::optional<RunId> run;
  std::optional<JobId> job;
  std::string worker;
  std::string kind;  ///< or its beginning: "job."
  std::size_t limit = 100;
};

struct FleetBuildFilter {
  std::optional<FleetBuildState> state;
  std::optional<std::int64_t> before;  ///< FleetBuild::id
  std::size_t limit = 50;
};

}  // namespace luolab
