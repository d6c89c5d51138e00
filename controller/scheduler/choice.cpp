// SPDX-License-Identifier: Apache-2.0
#include "controller/scheduler/choice.h"

#include <algorithm>

namespace luolab {

/// The best worker so far, among those that have more of the builds than `count - 1`.
struct Choice::Search {
  const BuildBoard& board;
  const std::vector<KeyIndex>& builds;
  std::optional<WorkerIndex> best;
  std::size_t count = 0;

  /// True where nothing better can come.
  bool consider(WorkerIndex worker) {
    std::size_t held = 0;
    for (const KeyIndex key : builds) {
      if (board.has(worker, key)) {
        ++held;
      } else if (board.only_holders(key)) {
        return false;
      }
    }
    if (best && held <= count) return false;
    best = worker;
    count = held;
    return held == builds.size();
  }
};

bool Choice::feasible(const Fit& fit, const FittingClasses& classes) const {
  if (!fit.only.empty()) {
    const auto worker = pool_.find(fit.only);
    return worker && pool_.at(*worker).free_slots() > 0;
  }
  return std::ranges::any_of(classes.ranked,
                             [&](std::size_t kind) { return !pool_.classes()[kind].free.empty(); });
}

bool Choice::could(WorkerIndex worker, const Fit& fit, bool avoided_too) const {
  const PooledWorker& it = pool_.at(worker);
  if (!it.connected || it.state == WorkerState::draining || !pool_.suits(worker, fit)) return false;
  if (!fit.only.empty()) return it.name == fit.only;
  return it.state == WorkerState::ready && (avoided_too || !fit.avoid.contains(it.name));
}

bool Choice::takes_avoided(const Fit& fit, const FittingClasses& classes) const {
  if (fit.avoid.empty() || !fit.only.empty()) return true;
  if (!fit.target.empty()) {
    return std::ranges::none_of(pool_.reaching(fit.target),
                                [&](WorkerIndex worker) { return could(worker, fit, false); });
  }
  for (const std::size_t kind : classes.ranked) {
    for (const ByMemory& entry : pool_.classes()[kind].open) {
      if (entry.bytes < fit.memory_bytes) break;
      if (!fit.avoid.contains(pool_.at(entry.worker).name)) return false;
    }
  }
  return true;
}

/// Calls visit(worker), until it returns true, for those that can take the job now, builds aside:
/// few special properties first, then much free memory.
template <class Visit>
void Choice::each_free(const Fit& fit, const FittingClasses& classes, Visit visit) const {
  const bool avoided_too = takes_avoided(fit, classes);
  const auto can = [&](WorkerIndex worker) {
    const PooledWorker& it = pool_.at(worker);
    return it.free_slots() > 0 && it.free_bytes() >= fit.memory_bytes &&
           could(worker, fit, avoided_too);
  };
  if (!fit.only.empty()) {
    if (const auto worker = pool_.find(fit.only); worker && can(*worker)) visit(*worker);
    return;
  }
  if (!fit.target.empty()) {
    for (const WorkerIndex worker : pool_.reaching(fit.target)) {
      if (can(worker) && visit(worker)) return;
    }
    return;
  }
  for (const std::size_t kind : classes.ranked) {
    for (const ByMemory& entry : pool_.classes()[kind].free) {
      if (entry.bytes < fit.memory_bytes) break;
      if (!avoided_too && fit.avoid.contains(pool_.at(entry.worker).name)) continue;
      if (visit(entry.worker)) return;
    }
  }
}

std::optional<WorkerIndex> Choice::best(const Fit& fit, const FittingClasses& classes,
                                        const std::vector<KeyIndex>& builds) const {
  Search search{builds_, builds, {}, 0};
  std::size_t holders = 0;
  for (const KeyIndex key : builds) holders += builds_.holders(key).size();
  const bool anywhere = fit.only.empty() && fit.target.empty();
  if (!anywhere || (holders > 0 && pool_.free_workers() <= holders)) {
    each_free(fit, classes, [&](WorkerIndex worker) { return search.consider(worker); });
    return search.best;
  }
  // Few have any of its builds: they are looked at one by one, and else any worker will do.
  const bool avoided_too = holders == 0 || takes_avoided(fit, classes);
  for (const KeyIndex key : builds) {
    for (const WorkerIndex worker : builds_.holders(key)) {
      const PooledWorker& it = pool_.at(worker);
      if (it.free_slots() == 0 || !it.open() || it.free_bytes() < fit.memory_bytes) continue;
      if (it.kind >= classes.fits.size() || !classes.fits[it.kind]) continue;
      if (!avoided_too && fit.avoid.contains(it.name)) continue;
      if (search.consider(worker)) return search.best;
    }
  }
  if (search.best) return search.best;
  if (std::ranges::any_of(builds, [&](KeyIndex key) { return builds_.only_holders(key); }))
    return {};
  each_free(fit, classes, [&](WorkerIndex worker) {
    search.best = worker;
    return true;
  });
  return search.best;
}

std::optional<WorkerIndex> Choice::to_empty(const Fit& fit, const FittingClasses& classes) const {
  const bool avoided_too = takes_avoided(fit, classes);
  std::optional<WorkerIndex> best;
  const auto consider = [&](WorkerIndex worker) {
    if (pool_.at(worker).reserved || !could(worker, fit, avoided_too)) return;
    if (!best || pool_.at(worker).free_bytes() > pool_.at(*best).free_bytes()) best = worker;
  };
  if (!fit.only.empty()) {
    if (const auto worker = pool_.find(fit.only)) consider(*worker);
  } else if (!fit.target.empty()) {
    for (const WorkerIndex worker : pool_.reaching(fit.target)) consider(worker);
  } else {
    for (const std::size_t kind : classes.ranked) {
      for (const ByMemory& entry : pool_.classes()[kind].open) {
        if (entry.bytes < fit.memory_bytes) break;
        consider(entry.worker);
      }
    }
  }
  return best;
}

}  // namespace luolab
