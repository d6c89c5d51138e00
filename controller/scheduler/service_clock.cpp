// SPDX-License-Identifier: Apache-2.0
#include "controller/scheduler/service_clock.h"

#include <algorithm>

namespace luolab {

void ServiceClock::placed(const QueuedJob& job, TimePoint now, std::uint64_t pass) {
  if (placed_.empty() || pass != pass_) {
    before_ = steps_;
    placed_.clear();
    pass_ = pass;
    now_ = now;
  }
  placed_.push_back(job);
  step(job, now_);
}

void ServiceClock::undone(const QueuedJob& job) {
  if (std::erase(placed_, job) == 0) return;
  steps_ = before_;
  for (const QueuedJob& other : placed_) step(other, now_);
}

TimePoint ServiceClock::since(const QueuedJob& job) const {
  const auto next = std::ranges::lower_bound(steps_, job, {}, &Step::from);
  return next == steps_.begin() ? job.first : std::max(job.first, std::prev(next)->last);
}

void ServiceClock::step(const QueuedJob& job, TimePoint now) {
  constexpr std::size_t kRemembered = 64;
  while (!steps_.empty() && steps_.back().from >= job) steps_.pop_back();
  if (!steps_.empty() && now - steps_.back().begun <= grain_) {
    steps_.back().last = now;
    return;
  }
  // Without its first step, jobs up to the next seem to have waited all the time: none starves.
  if (steps_.size() == kRemembered) steps_.erase(steps_.begin());
  steps_.push_back({job, now, now});
}

}  // namespace luolab
