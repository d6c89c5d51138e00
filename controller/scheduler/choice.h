// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "controller/scheduler/build_board.h"
#include "controller/scheduler/fit.h"
#include "controller/scheduler/worker_pool.h"

namespace luolab {

/// Which worker takes a job. Reads pool and board, changes nothing; both must outlive it.
/// Whether a job's target is in use is not looked at here.
class Choice {
 public:
  Choice(const WorkerPool& pool, const BuildBoard& builds) : pool_(pool), builds_(builds) {}

  /// Some worker that suits has a free slot, whatever its memory. Cheap.
  bool feasible(const Fit& fit, const FittingClasses& classes) const;

  /// Among the workers that can take the job now: the one that has most of its builds; then one
  /// with few special properties; then the one with most free memory. Nothing where there is none.
  /// A build that is being made counts as a need: only workers that have it are chosen from.
  std::optional<WorkerIndex> best(const Fit& fit, const FittingClasses& classes,
                                  const std::vector<KeyIndex>& builds) const;

  /// A worker that could take the job if enough of its jobs ended: the one with most room now, of
  /// those looked at, which are a few of every class. Reserved ones are passed over.
  std::optional<WorkerIndex> to_empty(const Fit& fit, const FittingClasses& classes) const;

  /// The job may run there at some time: connected, in the right state, suitable, not avoided.
  bool could(WorkerIndex worker, const Fit& fit, bool avoided_too) const;
  /// All workers that could take it are ones that it avoids.
  bool takes_avoided(const Fit& fit, const FittingClasses& classes) const;

 private:
  struct Search;
  template <class Visit>
  void each_free(const Fit& fit, const FittingClasses& classes, Visit visit) const;
  std::vector<KeyIndex> by_rarity(const std::vector<KeyIndex>& builds) const;
  /// Looks at those that have the key; true where one has `enough` of the builds.
  bool search_holders(Search& search, KeyIndex key, std::size_t enough, const Fit& fit,
                      const FittingClasses& classes) const;

  const WorkerPool& pool_;
  const BuildBoard& builds_;
};

}  // namespace luolab
