// SPDX-License-Identifier: Apache-2.0
#include "controller/scheduler/choice.h"

#include <algorithm>
#include <utility>

namespace luolab {

/// The worker with most of the builds, so far.
struct Choice::Search {
  const BuildBoard& board;
  const std::vector<KeyIndex>& builds;
  std::optional<WorkerIndex> best;
  std::size_t count = 0;

  /// True where the best has `enough`.
  bool consider(WorkerIndex worker, std::size_t enough) {
    std::size_t held = 0;
    for (const KeyIndex key : builds) {
      if (board.has(worker, key)) {
        ++held;
      } else if (board.only_holders(key)) {
        return false;
      }
    }
    if (!best || held > count) {
      best = worker;
      count = held;
    }
    return count >= enough;
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
  const auto search_free = [&](std::size_t enough) {
    each_free(fit, classes, [&](WorkerIndex worker) { return search.consider(worker, enough); });
    return search.best;
  };
  if (!fit.only.empty() || !fit.target.empty()) return search_free(builds.size());
  const std::vector<KeyIndex> keys = by_rarity(builds);
  const auto needed =
      std::ranges::find_if(keys, [this](KeyIndex key) { return builds_.only_holders(key); });
  if (needed != keys.end()) {
    search_holders(search, *needed, builds.size(), fit, classes);
    return search.best;
  }
  // Who has none of the keys looked at so far has at most the rest of them.
  std::size_t enough = keys.size();
  for (const KeyIndex key : keys) {
    if (search.best && search.count >= enough) return search.best;
    if (builds_.holders(key).size() > pool_.free_workers().size()) return search_free(enough);
    if (search_holders(search, key, enough, fit, classes)) return search.best;
    --enough;
  }
  return search.best ? search.best : search_free(0);
}

std::vector<KeyIndex> Choice::by_rarity(const std::vector<KeyIndex>& builds) const {
  std::vector<KeyIndex> keys = builds;
  std::ranges::sort(keys, {},
                    [this](KeyIndex key) { return std::pair(builds_.holders(key).size(), key); });
  return keys;
}

bool Choice::search_holders(Search& search, KeyIndex key, std::size_t enough, const Fit& fit,
                            const FittingClasses& classes) const {
  const auto& holders = builds_.holders(key);
  const bool avoided_too = holders.empty() || takes_avoided(fit, classes);
  for (const WorkerIndex worker : holders) {
    const PooledWorker& it = pool_.at(worker);
    if (it.free_slots() == 0 || !it.open() || it.free_bytes() < fit.memory_bytes) continue;
    if (!classes.fits[it.kind] || (!avoided_too && fit.avoid.contains(it.name))) continue;
    if (search.consider(worker, enough)) return true;
  }
  return false;
}

std::optional<WorkerIndex> Choice::to_empty(const Fit& fit, const FittingClasses& classes) const {
  constexpr int kLookedAt = 64;
  const bool avoided_too = takes_avoided(fit, classes);
  std::optional<WorkerIndex> best;
  const auto consider = [&](WorkerIndex worker) {
    if (best && pool_.at(worker).free_bytes() <= pool_.at(*best).free_bytes()) return;
    if (!pool_.at(worker).reserved && could(worker, fit, avoided_too)) best = worker;
  };
  if (!fit.only.empty()) {
    if (const auto worker = pool_.find(fit.only)) consider(*worker);
    return best;
  }
  if (!fit.target.empty()) {
    for (const WorkerIndex worker : pool_.reaching(fit.target)) consider(worker);
    return best;
  }
  for (const std::size_t kind : classes.ranked) {
    int left = kLookedAt;
    for (auto it = pool_.classes()[kind].room.begin();
         it != pool_.classes()[kind].room.end() && left > 0; ++it, --left) {
      if (best && it->bytes <= pool_.at(*best).free_bytes()) break;
      consider(it->worker);
    }
    if (best) continue;
    for (const ByMemory& entry : pool_.classes()[kind].open) {  // those with room are too small
      if (entry.bytes < fit.memory_bytes) break;
      consider(entry.worker);
      if (best) break;
    }
  }
  return best;
}

}  // namespace luolab
