// SPDX-License-Identifier: Apache-2.0
#include <queue>
#include <unordered_map>
#include <unordered_set>

#include "controller/scheduler/parts.h"

namespace luolab {
namespace {

/// What each placement adds to a submitter's standing (controller/scheduler/usage.h).
constexpr double kStandingOfAJob = 60;

/// The next job of one lane.
struct Cursor {
  Rank rank;
  const Lane* lane = nullptr;
  std::set<QueuedJob>::const_iterator at;
  bool operator<(const Cursor& other) const { return other.rank < rank; }  // a heap's top is first
};

/// How cursors rank while more and more jobs are listed.
class Turns {
 public:
  Turns(std::chrono::nanoseconds ageing, TimePoint now) : ageing_(ageing), now_(now) {}

  Rank rank(const Share& share, const QueuedJob& job) {
    const auto since =
        served_.contains(share.clock) ? std::optional<TimePoint>() : share.clock->since(job);
    return {effective_priority(share.priority, since, now_, ageing_), standing(*share.submitter),
            job.first, job.second};
  }
  void listed(const Share& share) {
    standing(*share.submitter) += kStandingOfAJob;
    served_.insert(share.clock);
  }

 private:
  double& standing(const Submitter& submitter) {
    return standings_.try_emplace(&submitter, submitter.usage.standing(now_)).first->second;
  }

  std::chrono::nanoseconds ageing_;
  TimePoint now_;
  std::unordered_map<const Submitter*, double> standings_;
  std::unordered_set<const ServiceClock*> served_;
};

}  // namespace

std::vector<JobId> Scheduler::upcoming(std::size_t most, Instant now) const {
  Turns turns(parts_->limits.ageing, now);
  std::priority_queue<Cursor> heap;
  const auto push = [&](const Lane& lane, std::set<QueuedJob>::const_iterator at) {
    if (at != lane.jobs.end()) heap.push({turns.rank(*lane.share, *at), &lane, at});
  };
  for (const auto& [fit, queue] : parts_->queue.fits()) {
    for (const auto& [whose, share] : queue.shares) {
      if (parts_->queue.at_limit(*whose.first)) continue;
      for (const auto& [key, lane] : share->lanes) push(*lane, lane->jobs.begin());
    }
  }
  std::vector<JobId> ids;
  while (ids.size() < most && !heap.empty()) {
    const Cursor first = heap.top();
    heap.pop();
    const Share& share = *first.lane->share;
    if (turns.rank(share, *first.at) != first.rank) {  // jobs of this submitter were listed since
      push(*first.lane, first.at);
      continue;
    }
    ids.push_back(first.rank.job);
    turns.listed(share);
    push(*first.lane, std::next(first.at));
  }
  return ids;
}

}  // namespace luolab
