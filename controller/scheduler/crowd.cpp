// SPDX-License-Identifier: Apache-2.0
#include "controller/scheduler/crowd.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

namespace luolab {
namespace {

constexpr std::size_t kLookedAt = 10'000;

bool compete(const Fit& a, const Fit& b, const FittingClasses& classes_of_a,
             const WorkerPool& pool) {
  if (!b.only.empty()) {
    const auto worker = pool.find(b.only);
    return a.only == b.only || (a.only.empty() && worker && pool.suits(*worker, a));
  }
  if (!a.only.empty()) {
    const auto worker = pool.find(a.only);
    return worker && pool.suits(*worker, b);
  }
  FittingClasses classes_of_b;
  pool.update(classes_of_b, b);
  return std::ranges::any_of(classes_of_b.ranked, [&](std::size_t kind) {
    return classes_of_a.fits[kind] && !pool.classes()[kind].open.empty();
  });
}

class Count {
 public:
  Count(const LaneJob& job, std::chrono::nanoseconds ageing, TimePoint now)
      : job_(job),
        ageing_(ageing),
        now_(now),
        effective_(effective(job.lane->share->clock->since(job.place()), *job.lane->share)) {}

  /// False where counting has to end.
  bool look(const Lane& lane) {
    const Share& share = *lane.share;
    for (const QueuedJob& other : lane.jobs) {
      if (effective(share.clock->since(other), share) < effective_) break;
      if (++looked_at_ > kLookedAt) return false;
      if (share.priority > effective_) {
        ++higher_;
      } else if (share.submitter != job_.lane->share->submitter) {
        count_equal(share, other);
      } else if (share.priority > job_.lane->share->priority || other < job_.place()) {
        ++own_;
      }
    }
    return true;
  }

  std::size_t total() const {
    const double standing = job_.lane->share->submitter->usage.standing(now_);
    std::size_t ahead = higher_ + aged_.size() + own_;
    for (const auto& [submitter, count] : equals_) {
      ahead += std::min(count, own_ + (submitter->usage.standing(now_) < standing ? 1U : 0U));
    }
    return ahead;
  }

 private:
  std::int64_t effective(std::optional<TimePoint> since, const Share& share) const {
    return effective_priority(share.priority, since, now_, ageing_);
  }

  /// Where only age puts others first, that is over when one of them is placed.
  void count_equal(const Share& share, const QueuedJob& other) {
    const bool older = effective(share.clock->since(other), share) > effective_;
    if (older && aged_.insert(share.clock).second) return;
    ++equals_[share.submitter];
  }

  const LaneJob& job_;
  std::chrono::nanoseconds ageing_;
  TimePoint now_;
  std::int64_t effective_;
  std::size_t looked_at_ = 0;
  std::size_t higher_ = 0;
  std::size_t own_ = 0;
  std::unordered_set<const ServiceClock*> aged_;
  std::unordered_map<const Submitter*, std::size_t> equals_;
};

}  // namespace

Crowd crowd_before(const LaneJob& job, const ReadyQueue& queue, const WorkerPool& pool,
                   std::chrono::nanoseconds ageing, TimePoint now) {
  const Fit& fit = job.lane->share->fit->fit;
  FittingClasses classes;
  pool.update(classes, fit);
  Count count(job, ageing, now);
  for (const auto& [other, rivals] : queue.fits()) {
    if (!compete(fit, other, classes, pool)) continue;
    for (const auto& [whose, share] : rivals.shares) {
      if (queue.at_limit(*whose.first)) continue;
      for (const auto& [key, lane] : share->lanes) {
        if (lane->builds->waits) continue;
        if (!count.look(*lane)) return {count.total(), true};
      }
    }
  }
  return {count.total(), false};
}

}  // namespace luolab
