// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "controller/scheduler/lane.h"
#include "controller/scheduler/scheduler.h"

namespace luolab {

/// The jobs that wait, in their order. Owns lanes, shares, fits and submitters; a lane lives as
/// long as one of its jobs waits or runs. Costs per call are logarithmic in jobs, times the number
/// of distinct fits and priorities where a submitter's standing changes.
class ReadyQueue {
 public:
  /// `builds` must outlive it.
  ReadyQueue(const SchedulerLimits& limits, BuildBoard& builds)
      : limits_(limits), builds_(builds) {}
  ReadyQueue(const ReadyQueue&) = delete;
  ReadyQueue& operator=(const ReadyQueue&) = delete;

  /// The job as a member of its lane; it does not wait yet. End with release().
  LaneJob join(const ReadyJob& job);
  void push(const LaneJob& job);
  /// It waits no more, and is still a member. Nothing where it does not wait.
  std::optional<LaneJob> take(JobId job);
  const LaneJob* find(JobId job) const;
  /// Not a member any more; an empty lane goes.
  void release(Lane& lane);

  /// Ranks and standings as of `now`. Time never goes back: an earlier one changes nothing.
  void advance(TimePoint now);
  TimePoint now() const { return now_; }
  /// The submitter's usage or clocks changed: places its shares anew.
  void place(Submitter& submitter);
  /// The same, at the next advance().
  void place_later(Submitter& submitter);
  /// What is known of a build changed.
  void recheck(KeyIndex key);
  /// Not looked at until it is brought back.
  void set_aside(Lane& lane, bool aside);

  /// The lane's first job.
  JobId first(const Lane& lane) const { return lane.listed->second; }
  bool at_limit(const Submitter& submitter) const;

  /// Fits with jobs that may run, but for those that name a worker; in no order.
  const std::set<FitQueue*>& general() const { return general_; }
  /// Those that name one, by that worker.
  const std::map<std::string, std::set<FitQueue*>>& named() const { return named_; }
  const std::map<Fit, FitQueue>& fits() const { return fits_; }
  std::size_t size() const { return waiting_.size(); }
  /// The end of their patience, soonest first.
  const std::set<QueuedJob>& deadlines() const { return deadlines_; }

 private:
  Submitter& submitter(const std::string& name);
  BuildSet& build_set(const std::vector<std::string>& keys);
  void update(Lane& lane);
  void update(Share& share);
  void list(FitQueue& fit);
  void look_at(Share& share, TimePoint when);
  void look_no_more(Share& share);
  void refresh_standings();

  const SchedulerLimits& limits_;
  BuildBoard& builds_;
  TimePoint now_{};
  TimePoint refreshed_{};
  std::unordered_map<std::string, Submitter> submitters_;
  std::map<std::vector<KeyIndex>, BuildSet> build_sets_;
  std::unordered_map<KeyIndex, std::set<BuildSet*>> sets_of_key_;
  std::map<Fit, FitQueue> fits_;
  std::unordered_map<std::int64_t, LaneJob> waiting_;
  std::set<QueuedJob> deadlines_;
  std::set<std::pair<TimePoint, Share*>> growths_;
  std::set<FitQueue*> general_;
  std::map<std::string, std::set<FitQueue*>> named_;
  std::vector<Submitter*> moved_;
};

}  // namespace luolab
