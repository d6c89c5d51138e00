// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "controller/scheduler/build_board.h"
#include "controller/scheduler/choice.h"
#include "controller/scheduler/ready_queue.h"
#include "controller/scheduler/scheduler.h"
#include "controller/scheduler/worker_pool.h"

namespace luolab {

/// A job that was placed or adopted.
struct RunningJob {
  LaneJob job;
  WorkerIndex worker = 0;
  TimePoint started{};
  std::vector<KeyIndex> makes;    ///< builds it was to make
  std::vector<KeyIndex> fetches;  ///< builds its worker was first counted to have for its sake
};

/// What a scheduler consists of. Each part knows one thing; how they go together is in
/// scheduler.cpp (calls), pass.cpp (placing) and why.cpp (questions).
struct Scheduler::Parts {
  explicit Parts(SchedulerLimits its_limits) : limits(its_limits) {}
  Parts(const Parts&) = delete;
  Parts& operator=(const Parts&) = delete;

  void recheck(const std::vector<KeyIndex>& keys);
  RunningJob& occupy(const LaneJob& job, WorkerIndex worker, TimePoint now, bool demanded);
  /// The job runs no more: its worker and target are free. It is still a member of its lane.
  void vacate(const RunningJob& it, bool demanded);

  /// One round of placing, best first, until nothing fits any more.
  std::vector<Placement> pass();
  /// Fits with a job that may run, and with a free slot that suits.
  std::vector<FitQueue*> feasible_fits();
  Placement place(Lane& lane, WorkerIndex worker);
  /// True where the whole fit is done with for this pass, false where its other jobs may be tried.
  bool give_way(FitQueue& queue, Lane& lane, std::vector<Lane*>& aside);
  void set_worker_aside(Lane& lane);
  static std::optional<WorkerIndex>& reserved_for(Lane& lane);

  // Parts of why(), for a job that such `workers` could take.
  std::optional<WhyWaiting> why_target(const Fit& fit) const;
  std::optional<WhyWaiting> why_build(const BuildSet& set,
                                      const std::vector<WorkerIndex>& workers) const;
  WhyWaiting why_turn(const LaneJob& job, const std::vector<WorkerIndex>& workers,
                      TimePoint now) const;

  SchedulerLimits limits;
  WorkerPool pool;
  BuildBoard builds;
  ReadyQueue queue{limits, builds};
  Choice choice{pool, builds};
  std::unordered_map<std::int64_t, RunningJob> running;
  std::map<std::string, std::set<JobId>> targets;  ///< in use, and by which jobs
  double mean_seconds = 0;                         ///< of jobs that ended lately
  std::uint64_t ended = 0;
};

}  // namespace luolab
