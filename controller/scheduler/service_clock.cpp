// SPDX-License-Identifier: Apache-2.0
#include "controller/scheduler/service_clock.h"

#include <algorithm>
#include <iterator>

namespace luolab {

void ServiceClock::ended(const QueuedJob& job, TimePoint now) {
  constexpr std::size_t kRemembered = 64;
  running_.erase(job);
  while (!steps_.empty() && steps_.back().from >= job) steps_.pop_back();
  if (!steps_.empty() && now - steps_.back().begun <= grain_) {
    steps_.back().last = now;
    return;
  }
  // Without its first step, jobs up to the next seem to have waited all the time: none starves.
  if (steps_.size() == kRemembered) steps_.erase(steps_.begin());
  steps_.push_back({job, now, now});
}

std::optional<TimePoint> ServiceClock::since(const QueuedJob& job) const {
  if (!running_.empty() && *running_.begin() < job) return {};
  const auto next = std::ranges::lower_bound(steps_, job, {}, &Step::from);
  return next == steps_.begin() ? job.first : std::max(job.first, std::prev(next)->last);
}

}  // namespace luolab
