// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/protocol/verdict.h"
#include "db/record.h"

namespace luolab {

// What attempts say together. Each question has a bound on what it reads, whatever the size of the
// store: it walks along an index of its own (migration 0006).

/// Which attempts make a trend: the newest that ended with a report, after these filters.
struct TrendFilter {
  std::string phase;                  ///< whose duration is wanted: "blackout"
  std::string scenario;               ///< empty: of all
  std::string worker;                 ///< empty: on all
  std::optional<std::uint64_t> size;  ///< TrendPoint::bytes_per_update
  std::size_t newest = 1000;
};

/// An attempt as a point of a trend.
struct TrendPoint {
  AttemptId attempt;
  JobId job;
  std::string title;  ///< of the job
  std::string scenario;
  std::string worker;
  std::string accel;
  TimePoint started;
  Verdict verdict = Verdict::MISS;
  std::string outgoing, incoming;  ///< titles, of the last live update; empty: not built
  std::string outgoing_release, incoming_release;
  std::string incoming_build;          ///< its key
  std::uint32_t hops = 0;              ///< live updates that came to a new kernel
  std::uint64_t bytes_per_update = 0;  ///< preserved memory that was verified after each
  std::optional<std::chrono::nanoseconds> duration;  ///< of the phase, mean over its hops
};

/// What there is to filter by, in order; at most kMostTrendChoices of each.
struct TrendChoices {
  std::vector<std::string> scenarios;
  std::vector<std::string> workers;
  std::vector<std::uint64_t> sizes;
};
inline constexpr std::size_t kMostTrendChoices = 500;

/// Which pairs are wanted, and how many of the newest attempts of each count.
struct PairFilter {
  std::string phase;
  std::string scenario;  ///< empty: of all
  std::size_t newest = 50;
};

/// Live updates from one release to another; of an attempt with several the last one.
struct VersionPair {
  std::string outgoing_release, incoming_release;
  std::size_t passed = 0;  ///< PASS or XFAIL
  std::size_t failed = 0;
  std::size_t unjudged = 0;  ///< anything else: nothing is known about the kernel
  AttemptId newest;
  std::optional<std::chrono::nanoseconds> median;  ///< of the phase
  std::size_t measured = 0;                        ///< attempts behind the median
};
/// Pairs with the highest releases (by their text) come first; there may be more.
inline constexpr std::size_t kMostPairs = 400;

/// A test that passed and failed on the same builds.
struct FlakyTest {
  std::string test;      ///< a job's title without its repetition
  std::string outgoing;  ///< titles
  std::string incoming;
  std::size_t passed = 0;  ///< counted up to kMostFlakyCount
  std::size_t failed = 0;
  JobId last_failure;
  std::string worker;  ///< where that was
};
inline constexpr std::size_t kMostFlakyCount = 1000;

/// Who is looked for behind the newest failures.
struct FlakyFilter {
  std::string scenario;                      ///< empty: of all
  std::size_t newest = 1000;                 ///< failures that are looked at
  static constexpr std::size_t kMost = 100;  ///< tests in an answer
};

}  // namespace luolab
