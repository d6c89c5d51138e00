// SPDX-License-Identifier: Apache-2.0
#include "controller/scheduler/priority.h"

namespace luolab {

std::int64_t effective_priority(int priority, std::optional<TimePoint> since, TimePoint now,
                                std::chrono::nanoseconds ageing) {
  if (ageing.count() <= 0 || !since || now <= *since) return priority;
  return priority + (now - *since) / ageing;
}

std::optional<TimePoint> next_growth(std::optional<TimePoint> since, TimePoint now,
                                     std::chrono::nanoseconds ageing) {
  if (ageing.count() <= 0 || !since) return {};
  if (now < *since) return *since + ageing;
  return *since + ((now - *since) / ageing + 1) * ageing;
}

bool operator<(const Rank& a, const Rank& b) {
  if (a.effective != b.effective) return a.effective > b.effective;
  if (a.standing < b.standing || b.standing < a.standing) return a.standing < b.standing;
  if (a.queued != b.queued) return a.queued < b.queued;
  return a.job < b.job;
}

}  // namespace luolab
