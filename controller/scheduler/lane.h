// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "controller/scheduler/build_board.h"
#include "controller/scheduler/fit.h"
#include "controller/scheduler/priority.h"
#include "controller/scheduler/service_clock.h"
#include "controller/scheduler/usage.h"
#include "controller/scheduler/worker_pool.h"

namespace luolab {

// What the ready queue is made of. A million jobs are a few thousand lanes: jobs of one submitter
// and priority that ask for the same. Lanes lie in shares, shares in fits. What a job avoids makes
// a lane, not a fit: retries would else be a fit each.
//
//   FitQueue  "8 GiB, kvm"                                  ordered shares, best first
//     Share   ... of alice, priority 50                     ordered lanes, first come
//       Lane  ... with builds {3fa2, 77b0}, but not on w7   jobs, first come

struct Share;
struct FitQueue;
struct Lane;

struct Submitter {
  std::string name;
  Usage usage;
  double standing = 0;  ///< as it is in the order now
  bool moved = false;   ///< `standing` must be looked at before the order is used
  std::set<Share*> shares;
  std::map<int, ServiceClock> clocks;  ///< by priority
};

/// Jobs that need the same builds.
struct BuildSet {
  std::vector<KeyIndex> keys;  ///< sorted, each once
  bool waits = false;          ///< for a build that is made, and that no worker has
  std::set<Lane*> lanes;
};

struct Lane {
  Share* share = nullptr;
  BuildSet* builds = nullptr;
  std::unique_ptr<Fit> own_fit;  ///< the fit with workers to avoid, if there are any
  std::set<QueuedJob> jobs;
  std::size_t members = 0;              ///< jobs that wait or run
  bool aside = false;                   ///< not looked at in this pass
  std::optional<QueuedJob> listed;      ///< its first job, as listed in its share
  std::optional<WorkerIndex> reserved;  ///< that is emptied for its first job; with own_fit only

  const Fit& fit() const;
};

using LaneKey = std::pair<BuildSet*, std::set<std::string>>;

struct Share {
  FitQueue* fit = nullptr;
  Submitter* submitter = nullptr;
  int priority = 0;
  ServiceClock* clock = nullptr;
  std::map<LaneKey, std::unique_ptr<Lane>> lanes;
  std::set<std::pair<QueuedJob, Lane*>> order;  ///< lanes with jobs that may run
  std::optional<Rank> listed;                   ///< in its fit
  std::optional<TimePoint> looked_at;  ///< when its rank is looked at next, since it has grown
};

struct FitQueue {
  Fit fit;  ///< avoids nothing
  std::map<std::pair<Submitter*, int>, std::unique_ptr<Share>> shares;
  std::set<std::pair<Rank, Share*>> order;  ///< shares with jobs that may run
  bool listed = false;                      ///< among the fits with jobs that may run
  FittingClasses classes;
  std::optional<WorkerIndex> reserved;  ///< that is emptied for its first job without own_fit
};

/// A job that waits, or (without being in its lane) runs.
struct LaneJob {
  JobId id;
  Lane* lane = nullptr;
  TimePoint queued{};
  std::chrono::nanoseconds queue_timeout{};

  QueuedJob place() const { return {queued, id}; }
};

inline const Fit& Lane::fit() const { return own_fit ? *own_fit : share->fit->fit; }

}  // namespace luolab
