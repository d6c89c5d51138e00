// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <unordered_map>
#include <vector>

#include "controller/scheduler/scheduler.h"

namespace luolab::simulation {

/// A promise of the scheduler was broken.
struct Broken : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Follows what a scheduler is told and what it answers, with books of its own, and throws Broken
/// where the answer breaks a promise: jobs lost or placed twice, places that do not fit, limits,
/// one builder a key, workers that take nothing, avoided workers.
class Watch {
 public:
  explicit Watch(const SchedulerLimits& limits) : limits_(limits) {}

  void waits(const ReadyJob& job);
  void removed(JobId job);
  void adopted(const ReadyJob& job, const std::string& worker);
  void placed(const Placement& placement);
  void undone(const Placement& placement);
  void ended(JobId job);

  void worker(const WorkerOffer& offer);
  void worker_gone(const std::string& name);
  void demand(const std::string& worker, std::uint32_t jobs);
  void build_ready(const std::string& key);
  void build_failed(const std::string& key, const std::string& worker);
  void build_on_worker(const std::string& key, const std::string& worker);

  /// The scheduler's own counts must be these.
  void counts(const Scheduler& scheduler) const;
  /// This waiting job could be placed on this worker now, builds aside: used where a scheduler says
  /// that it is done.
  bool could_take(const std::string& worker, JobId job) const;
  std::size_t waiting() const { return waiting_.size(); }
  std::size_t running() const { return running_.size(); }

 private:
  struct Running {
    ReadyJob job;
    std::string worker;
    std::set<std::string> makes;
    std::set<std::string> fetches;
  };
  struct Side {
    WorkerOffer offer;
    bool connected = false;
    std::uint32_t demand = 0;
    std::uint32_t running = 0;
    std::uint64_t bytes = 0;
    std::set<std::string> builds;
  };
  struct Maker {
    std::string worker;
    JobId job;
  };

  void occupy(const Running& it);
  Running vacate(JobId job);
  void check_place(const ReadyJob& job, const Side& side) const;
  void check_avoided(const ReadyJob& job, const Side& side) const;
  bool fits(const ReadyJob& job, const Side& side) const;
  bool open(const ReadyJob& job, const Side& side) const;
  void take_builds(Running& it, const Placement& placement, Side& side);

  SchedulerLimits limits_;
  std::unordered_map<std::int64_t, ReadyJob> waiting_;
  std::unordered_map<std::int64_t, Running> running_;
  std::unordered_map<std::string, Side> sides_;
  std::map<std::string, std::set<JobId>> targets_;
  std::map<std::string, std::uint32_t> submitters_;
  std::unordered_map<std::string, Maker> makers_;
  std::set<std::string> ready_;
};

}  // namespace luolab::simulation
