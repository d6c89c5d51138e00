// SPDX-License-Identifier: Apache-2.0
#include <queue>
#include <unordered_map>

#include "controller/scheduler/parts.h"

namespace luolab {
namespace {

/// What each placement adds to a submitter's standing (controller/scheduler/usage.h).
constexpr double kStandingOfAJob = 60;

/// The next job of one lane and one priority.
struct Cursor {
  Rank rank;
  const Lane* lane = nullptr;
  int priority = 0;
  std::set<QueuedJob>::const_iterator at;
  bool operator<(const Cursor& other) const { return other.rank < rank; }  // a heap's top is first
};

}  // namespace

std::vector<JobId> Scheduler::upcoming(std::size_t most, Instant now) const {
  const auto ageing = parts_->limits.ageing;
  std::unordered_map<const Submitter*, double> standings;
  std::priority_queue<Cursor> heap;
  const auto push = [&](const Lane& lane, int priority, std::set<QueuedJob>::const_iterator at) {
    const Submitter& submitter = *lane.share->submitter;
    const double standing =
        standings.try_emplace(&submitter, submitter.usage.standing(now)).first->second;
    const std::int64_t effective = effective_priority(priority, at->first, now, ageing);
    heap.push({{effective, standing, at->first, at->second}, &lane, priority, at});
  };
  for (const auto& [fit, queue] : parts_->queue.fits()) {
    for (const auto& [submitter, share] : queue.shares) {
      if (parts_->queue.at_limit(*submitter)) continue;
      for (const auto& [builds, lane] : share->lanes) {
        for (const auto& [priority, jobs] : lane->jobs) push(*lane, priority, jobs.begin());
      }
    }
  }
  std::vector<JobId> ids;
  while (ids.size() < most && !heap.empty()) {
    const Cursor first = heap.top();
    heap.pop();
    double& standing = standings.at(first.lane->share->submitter);
    if (first.rank.standing < standing) {  // jobs of this submitter were listed since
      push(*first.lane, first.priority, first.at);
      continue;
    }
    ids.push_back(first.rank.job);
    standing += kStandingOfAJob;
    if (const auto next = std::next(first.at); next != first.lane->jobs.at(first.priority).end()) {
      push(*first.lane, first.priority, next);
    }
  }
  return ids;
}

}  // namespace luolab
