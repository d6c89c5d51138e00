// SPDX-License-Identifier: Apache-2.0
#include "controller/scheduler/priority.h"

namespace luolab {

std::int64_t effective_priority(int priority, TimePoint queued, TimePoint now,
                                std::chrono::nanoseconds ageing) {
  if (ageing.count() <= 0 || now <= queued) return priority;
  return priority + (now - queued) / ageing;
}

std::optional<TimePoint> next_growth(TimePoint queued, TimePoint now,
                                     std::chrono::nanoseconds ageing) {
  if (ageing.count() <= 0) return {};
  if (now < queued) return queued + ageing;
  return queued + ((now - queued) / ageing + 1) * ageing;
}

bool operator<(const Rank& a, const Rank& b) {
  if (a.effective != b.effective) return a.effective > b.effective;
  if (a.standing < b.standing || b.standing < a.standing) return a.standing < b.standing;
  if (a.queued != b.queued) return a.queued < b.queued;
  return a.job < b.job;
}

}  // namespace luolab
