// SPDX-License-Identifier: Apache-2.0
#include "controller/scheduler/crowd.h"

#include <algorithm>
#include <unordered_map>

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
        effective_(effective_priority(job.priority, job.queued, now, ageing)) {}

  /// False where counting has to end.
  bool look(const Lane& lane) {
    const Submitter* submitter = lane.share->submitter;
    for (const auto& [priority, jobs] : lane.jobs) {
      for (const QueuedJob& other : jobs) {
        const std::int64_t effective = effective_priority(priority, other.first, now_, ageing_);
        if (effective < effective_) break;
        if (++looked_at_ > kLookedAt) return false;
        if (effective > effective_) {
          ++higher_;
        } else if (submitter != job_.lane->share->submitter) {
          ++equals_[submitter];
        } else if (other < QueuedJob(job_.queued, job_.id)) {
          ++own_;
        }
      }
    }
    return true;
  }

  std::size_t total() const {
    const double standing = job_.lane->share->submitter->usage.standing(now_);
    std::size_t ahead = higher_ + own_;
    for (const auto& [submitter, count] : equals_) {
      ahead += std::min(count, own_ + (submitter->usage.standing(now_) < standing ? 1U : 0U));
    }
    return ahead;
  }

 private:
  const LaneJob& job_;
  std::chrono::nanoseconds ageing_;
  TimePoint now_;
  std::int64_t effective_;
  std::size_t looked_at_ = 0;
  std::size_t higher_ = 0;
  std::size_t own_ = 0;
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
    for (const auto& [submitter, share] : rivals.shares) {
      if (queue.at_limit(*submitter)) continue;
      for (const auto& [builds, lane] : share->lanes) {
        if (builds->waits) continue;
        if (!count.look(*lane)) return {count.total(), true};
      }
    }
  }
  return {count.total(), false};
}

}  // namespace luolab
