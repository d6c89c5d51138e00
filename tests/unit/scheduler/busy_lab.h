// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>

#include "controller/scheduler/scheduler.h"
#include "tests/bench/scheduling/watch.h"

namespace luolab {

/// A lab in virtual time whose workers never rest: each asks again as soon as one of its jobs ends.
/// A Watch follows, and throws simulation::Broken where a promise is broken.
class BusyLab {
 public:
  explicit BusyLab(const SchedulerLimits& limits);

  void connect(const WorkerOffer& offer);
  /// A job that runs for so long once it is placed.
  void submit(const ReadyJob& job, std::chrono::nanoseconds lasts);
  /// Places what can be placed, and goes on to the next end of a job. False where nothing runs.
  bool step();

  Instant now() const { return now_; }
  std::size_t waiting(const std::string& submitter) const;
  std::size_t running() const { return running_.size(); }
  bool waits(JobId job) const { return waiting_.contains(job.value); }
  /// Slot-time of all jobs that were placed, up to their ends.
  std::chrono::duration<double> used(const std::string& submitter) const;

 private:
  struct Submitted {
    ReadyJob job;
    std::chrono::nanoseconds lasts{};
    std::string worker;  ///< once it is placed
  };
  void place(const Placement& placement);

  Scheduler scheduler_;
  simulation::Watch watch_;
  Instant now_;
  std::map<std::int64_t, Submitted> waiting_;
  std::multimap<Instant, Submitted> running_;  ///< by end
  std::map<std::string, std::size_t> waiting_of_;
  std::map<std::string, std::chrono::nanoseconds> used_;
  std::map<std::string, std::uint32_t> free_;
};

}  // namespace luolab
