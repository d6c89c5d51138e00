// SPDX-License-Identifier: Apache-2.0
#include "controller/scheduler/ready_queue.h"

#include <algorithm>

namespace luolab {
namespace {

/// Standings change by time alone, but slowly: so many refreshes a half-life are enough.
constexpr int kRefreshes = 120;
/// Ages are right to so small a part of `ageing`.
constexpr int kGrains = 16;

std::vector<std::string> sorted_once(std::vector<std::string> words) {
  std::erase(words, "");
  std::ranges::sort(words);
  words.erase(std::ranges::unique(words).begin(), words.end());
  return words;
}

Fit fit_of(const ReadyJob& job) {
  return {job.needs.arch,
          job.needs.memory_bytes,
          job.needs.cpus,
          job.needs.kvm,
          sorted_once(job.needs.tags),
          job.needs.target,
          {},
          job.only};
}

/// When the job's patience ends; nothing where it waits for ever.
std::optional<TimePoint> deadline(const LaneJob& job) {
  if (job.queue_timeout.count() <= 0 || job.queue_timeout > TimePoint::max() - job.queued)
    return {};
  return job.queued + job.queue_timeout;
}

}  // namespace

LaneJob ReadyQueue::join(const ReadyJob& job) {
  Fit fit = fit_of(job);
  FitQueue& queue = fits_.try_emplace(fit).first->second;
  if (queue.fit != fit) queue.fit = std::move(fit);
  Submitter& owner = submitter(job.submitter);
  std::unique_ptr<Share>& share = queue.shares[{&owner, job.priority}];
  if (!share) {
    share = std::make_unique<Share>();
    share->fit = &queue;
    share->submitter = &owner;
    share->priority = job.priority;
    share->clock = &owner.clocks.try_emplace(job.priority, limits_.ageing / kGrains).first->second;
    owner.shares.insert(share.get());
    place_later(owner);
  }
  BuildSet& builds = build_set(job.needs.builds);
  std::unique_ptr<Lane>& lane = share->lanes[{&builds, job.avoid}];
  if (!lane) {
    lane = std::make_unique<Lane>();
    lane->share = share.get();
    lane->builds = &builds;
    if (!job.avoid.empty()) {
      lane->own_fit = std::make_unique<Fit>(queue.fit);
      lane->own_fit->avoid = job.avoid;
    }
    builds.lanes.insert(lane.get());
  }
  ++lane->members;
  return {job.id, lane.get(), job.queued, job.queue_timeout};
}

void ReadyQueue::push(const LaneJob& job) {
  std::set<QueuedJob>& jobs = job.lane->jobs;
  jobs.insert(jobs.end(), job.place());
  waiting_.emplace(job.id.value, job);
  if (const auto end = deadline(job)) deadlines_.emplace(*end, job.id);
  if (jobs.begin()->second == job.id) update(*job.lane);
}

std::optional<LaneJob> ReadyQueue::take(JobId id) {
  const auto known = waiting_.find(id.value);
  if (known == waiting_.end()) return {};
  const LaneJob job = known->second;
  waiting_.erase(known);
  if (const auto end = deadline(job)) deadlines_.erase({*end, id});
  const bool first = job.lane->jobs.begin()->second == id;
  job.lane->jobs.erase(job.place());
  if (first) update(*job.lane);
  return job;
}

const LaneJob* ReadyQueue::find(JobId job) const {
  const auto known = waiting_.find(job.value);
  return known == waiting_.end() ? nullptr : &known->second;
}

void ReadyQueue::release(Lane& lane) {
  if (--lane.members > 0) return;
  Share& share = *lane.share;
  BuildSet& builds = *lane.builds;
  FitQueue& fit = *share.fit;
  builds.lanes.erase(&lane);
  share.lanes.erase({&builds, lane.own_fit ? lane.own_fit->avoid : std::set<std::string>()});
  if (builds.lanes.empty()) {
    for (const KeyIndex key : builds.keys) {
      const auto sets = sets_of_key_.find(key);
      sets->second.erase(&builds);
      if (sets->second.empty()) sets_of_key_.erase(sets);
    }
    build_sets_.erase(std::vector<KeyIndex>(builds.keys));
  }
  if (!share.lanes.empty()) return;
  look_no_more(share);
  share.submitter->shares.erase(&share);
  fit.shares.erase({share.submitter, share.priority});
  if (fit.shares.empty()) fits_.erase(Fit(fit.fit));
}

void ReadyQueue::advance(TimePoint now) {
  now_ = std::max(now_, now);
  while (!growths_.empty() && growths_.begin()->first <= now_) {
    Share& share = *growths_.begin()->second;
    look_no_more(share);
    update(share);
  }
  if (now_ - refreshed_ >= limits_.usage_half_life / kRefreshes) refresh_standings();
  for (Submitter* owner : moved_) {
    if (owner->moved) place(*owner);
  }
  moved_.clear();
}

void ReadyQueue::place(Submitter& submitter) {
  submitter.moved = false;
  submitter.standing = submitter.usage.standing(now_);
  for (Share* share : submitter.shares) update(*share);
}

void ReadyQueue::place_later(Submitter& submitter) {
  if (submitter.moved) return;
  submitter.moved = true;
  moved_.push_back(&submitter);
}

void ReadyQueue::recheck(KeyIndex key) {
  const auto sets = sets_of_key_.find(key);
  if (sets == sets_of_key_.end()) return;
  for (BuildSet* set : sets->second) {
    const bool waits = std::ranges::any_of(set->keys, [&](KeyIndex k) { return builds_.waits(k); });
    if (waits == set->waits) continue;
    set->waits = waits;
    for (Lane* lane : set->lanes) update(*lane);
  }
}

void ReadyQueue::set_aside(Lane& lane, bool aside) {
  lane.aside = aside;
  update(lane);
}

bool ReadyQueue::at_limit(const Submitter& submitter) const {
  return limits_.per_submitter > 0 && submitter.usage.running() >= limits_.per_submitter;
}

Submitter& ReadyQueue::submitter(const std::string& name) {
  const auto known = submitters_.find(name);
  if (known != submitters_.end()) return known->second;
  Submitter made{name, Usage(limits_.usage_half_life), 0, false, {}, {}};
  return submitters_.emplace(name, std::move(made)).first->second;
}

BuildSet& ReadyQueue::build_set(const std::vector<std::string>& keys) {
  std::vector<KeyIndex> indices;
  for (const std::string& key : keys) {
    if (!key.empty()) indices.push_back(builds_.index(key));
  }
  std::ranges::sort(indices);
  indices.erase(std::ranges::unique(indices).begin(), indices.end());
  const auto [known, made] = build_sets_.try_emplace(indices);
  BuildSet& set = known->second;
  if (!made) return set;
  set.keys = indices;
  set.waits = std::ranges::any_of(indices, [&](KeyIndex key) { return builds_.waits(key); });
  for (const KeyIndex key : indices) sets_of_key_[key].insert(&set);
  return set;
}

void ReadyQueue::update(Lane& lane) {
  std::optional<QueuedJob> listed;
  if (!lane.aside && !lane.builds->waits && !lane.jobs.empty()) listed = *lane.jobs.begin();
  if (listed == lane.listed) return;
  if (lane.listed) lane.share->order.erase({*lane.listed, &lane});
  lane.listed = listed;
  if (listed) lane.share->order.emplace(*listed, &lane);
  update(*lane.share);
}

/// Of one submitter and priority, who came first ages at least as long as the others: the first
/// lane is the best at any time.
void ReadyQueue::update(Share& share) {
  std::optional<Rank> listed;
  if (!share.order.empty() && !at_limit(*share.submitter)) {
    const QueuedJob& first = share.order.begin()->first;
    const auto since = share.clock->since(first);
    listed = Rank{effective_priority(share.priority, since, now_, limits_.ageing),
                  share.submitter->standing, first.first, first.second};
    if (const auto grows = next_growth(since, now_, limits_.ageing)) look_at(share, *grows);
  }
  if (listed == share.listed) return;
  auto& order = share.fit->order;
  if (share.listed && listed) {
    auto node = order.extract({*share.listed, &share});
    node.value().first = *listed;
    order.insert(std::move(node));
  } else if (share.listed) {
    order.erase({*share.listed, &share});
  } else {
    order.emplace(*listed, &share);
  }
  share.listed = listed;
  list(*share.fit);
}

void ReadyQueue::list(FitQueue& fit) {
  const bool listed = !fit.order.empty();
  if (fit.listed == listed) return;
  fit.listed = listed;
  if (fit.fit.only.empty()) {
    if (listed) {
      general_.insert(&fit);
    } else {
      general_.erase(&fit);
    }
  } else if (listed) {
    named_[fit.fit.only].insert(&fit);
  } else {
    const auto fits = named_.find(fit.fit.only);
    fits->second.erase(&fit);
    if (fits->second.empty()) named_.erase(fits);
  }
}

/// A look that is planned for an earlier time stays: it plans the next one.
void ReadyQueue::look_at(Share& share, TimePoint when) {
  if (share.looked_at && *share.looked_at <= when) return;
  look_no_more(share);
  share.looked_at = when;
  growths_.emplace(when, &share);
}

void ReadyQueue::look_no_more(Share& share) {
  if (share.looked_at) growths_.erase({*share.looked_at, &share});
  share.looked_at.reset();
}

void ReadyQueue::refresh_standings() {
  refreshed_ = now_;
  for (auto& [name, owner] : submitters_) {
    if (!owner.shares.empty()) place_later(owner);
  }
}

}  // namespace luolab
