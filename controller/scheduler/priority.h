// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "db/record.h"

namespace luolab {

/// Priority, and one more for each `ageing` since `since`, without an upper end: what waits long
/// enough comes before everything that is new. An `ageing` of 0 or less: no ageing. Without
/// `since` it does not age now.
std::int64_t effective_priority(int priority, std::optional<TimePoint> since, TimePoint now,
                                std::chrono::nanoseconds ageing);

/// When it grows next, after `now`; never where it does not age.
std::optional<TimePoint> next_growth(std::optional<TimePoint> since, TimePoint now,
                                     std::chrono::nanoseconds ageing);

/// The place of something that waits, among others: the one that comes first is the lesser.
struct Rank {
  std::int64_t effective = 0;  ///< priority; the higher comes first
  double standing = 0;         ///< of the submitter; the lower comes first
  TimePoint queued{};
  JobId job;
  friend bool operator==(const Rank&, const Rank&) = default;
};
bool operator<(const Rank& a, const Rank& b);

}  // namespace luolab
