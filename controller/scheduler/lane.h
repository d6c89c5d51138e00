// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
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
#include "controller/scheduler/usage.h"
#include "controller/scheduler/worker_pool.h"

namespace luolab {

// What the ready queue is made of. A million jobs are a few thousand lanes: jobs of one submitter
// that ask for the same. Lanes lie in shares (one submitter, one Fit), shares in fits.
//
//   FitQueue  "8 GiB, kvm"                      ordered shares, best first
//     Share   ... of alice                      ordered lanes, best first
//       Lane  ... with builds {3fa2, 77b0}      jobs by priority, then first come

struct Share;
struct FitQueue;
struct Lane;

struct Submitter {
  std::string name;
  Usage usage;
  double standing = 0;  ///< as it is in the order now
  bool moved = false;   ///< `standing` must be looked at before the order is used
  std::set<Share*> shares;
};

/// Jobs that need the same builds.
struct BuildSet {
  std::vector<KeyIndex> keys;  ///< sorted, each once
  bool waits = false;          ///< for a build that is made, and that no worker has
  std::set<Lane*> lanes;
};

using QueuedJob = std::pair<TimePoint, JobId>;

struct Lane {
  Share* share = nullptr;
  BuildSet* builds = nullptr;
  std::map<int, std::set<QueuedJob>, std::greater<>> jobs;  ///< by priority; no empty sets
  std::size_t members = 0;                                  ///< jobs that wait or run
  bool aside = false;                                       ///< not looked at in this pass
  std::optional<Rank> listed;      ///< in its share; the standing plays no part
  std::optional<TimePoint> grows;  ///< when its rank changes by time alone
};

struct Share {
  FitQueue* fit = nullptr;
  Submitter* submitter = nullptr;
  std::map<BuildSet*, std::unique_ptr<Lane>> lanes;
  std::set<std::pair<Rank, Lane*>> order;  ///< lanes with jobs that may run
  std::optional<Rank> listed;              ///< in its fit
};

struct FitQueue {
  Fit fit;
  std::map<Submitter*, std::unique_ptr<Share>> shares;
  std::set<std::pair<Rank, Share*>> order;  ///< shares with jobs that may run
  FittingClasses classes;
  std::optional<WorkerIndex> reserved;  ///< that is emptied for its first job
};

/// A job that waits, or (without being in its lane) runs.
struct LaneJob {
  JobId id;
  Lane* lane = nullptr;
  int priority = 0;
  TimePoint queued{};
  std::chrono::nanoseconds queue_timeout{};
};

}  // namespace luolab
