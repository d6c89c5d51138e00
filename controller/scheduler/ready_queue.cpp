// SPDX-License-Identifier: Apache-2.0
#include "controller/scheduler/ready_queue.h"

#include <algorithm>

namespace luolab {
namespace {

/// Standings change by time alone, but slowly: so many refreshes a half-life are enough.
constexpr int kRefreshes = 120;

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
          job.avoid,
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
  std::unique_ptr<Share>& share = queue.shares[&owner];
  if (!share) {
    share = std::make_unique<Share>();
    share->fit = &queue;
    share->submitter = &owner;
    owner.shares.insert(share.get());
    place_later(owner);
  }
  BuildSet& builds = build_set(job.needs.builds);
  std::unique_ptr<Lane>& lane = share->lanes[&builds];
  if (!lane) {
    lane = std::make_unique<Lane>();
    lane->share = share.get();
    lane->builds = &builds;
    builds.lanes.insert(lane.get());
  }
  ++lane->members;
  return {job.id, lane.get(), job.priority, job.queued, job.queue_timeout};
}

void ReadyQueue::push(const LaneJob& job) {
  std::set<QueuedJob>& jobs = job.lane->jobs[job.priority];
  jobs.emplace_hint(jobs.end(), job.queued, job.id);
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
  const auto jobs = job.lane->jobs.find(job.priority);
  const bool first = jobs->second.begin()->second == id;
  jobs->second.erase({job.queued, id});
  if (jobs->second.empty()) job.lane->jobs.erase(jobs);
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
  share.lanes.erase(&builds);
  if (builds.lanes.empty()) {
    for (const KeyIndex key : builds.keys) {
      const auto sets = sets_of_key_.find(key);
      sets->second.erase(&builds);
      if (sets->second.empty()) sets_of_key_.erase(sets);
    }
    build_sets_.erase(std::vector<KeyIndex>(builds.keys));
  }
  if (!share.lanes.empty()) return;
  share.submitter->shares.erase(&share);
  fit.shares.erase(share.submitter);
  if (fit.shares.empty()) fits_.erase(Fit(fit.fit));
}

void ReadyQueue::advance(TimePoint now) {
  now_ = std::max(now_, now);
  while (!growths_.empty() && growths_.begin()->first <= now_) update(*growths_.begin()->second);
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

std::optional<Rank> ReadyQueue::rank(const Lane& lane, TimePoint now) const {
  std::optional<Rank> best;
  for (const auto& [priority, jobs] : lane.jobs) {
    const auto& [queued, id] = *jobs.begin();
    const Rank rank{effective_priority(priority, queued, now, limits_.ageing), 0, queued, id};
    if (!best || rank < *best) best = rank;
  }
  return best;
}

Submitter& ReadyQueue::submitter(const std::string& name) {
  const auto known = submitters_.find(name);
  if (known != submitters_.end()) return known->second;
  Submitter made{name, Usage(limits_.usage_half_life), 0, false, {}};
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
  std::optional<Rank> listed;
  std::optional<TimePoint> grows;
  if (!lane.aside && !lane.builds->waits) {
    listed = rank(lane, now_);
    for (const auto& [priority, jobs] : lane.jobs) {
      const auto next = next_growth(jobs.begin()->first, now_, limits_.ageing);
      if (next && (!grows || *next < *grows)) grows = next;
    }
  }
  set_growth(lane, grows);
  if (listed == lane.listed) return;
  if (lane.listed) lane.share->order.erase({*lane.listed, &lane});
  lane.listed = listed;
  if (listed) lane.share->order.emplace(*listed, &lane);
  update(*lane.share);
}

void ReadyQueue::update(Share& share) {
  std::optional<Rank> listed;
  if (!share.order.empty() && !at_limit(*share.submitter)) {
    listed = share.order.begin()->first;
    listed->standing = share.submitter->standing;
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
}

void ReadyQueue::set_growth(Lane& lane, std::optional<TimePoint> grows) {
  if (grows == lane.grows) return;
  if (lane.grows) growths_.erase({*lane.grows, &lane});
  lane.grows = grows;
  if (grows) growths_.emplace(*grows, &lane);
}

void ReadyQueue::refresh_standings() {
  refreshed_ = now_;
  for (auto& [name, owner] : submitters_) {
    if (!owner.shares.empty()) place_later(owner);
  }
}

}  // namespace luolab
