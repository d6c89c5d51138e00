// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "controller/scheduler/parts.h"

namespace luolab {
namespace {

/// The fit whose first job comes before those of all others.
FitQueue* first_of(const std::vector<FitQueue*>& active) {
  FitQueue* first = nullptr;
  for (FitQueue* queue : active) {
    if (queue->order.empty()) continue;
    if (first == nullptr || queue->order.begin()->first < first->order.begin()->first)
      first = queue;
  }
  return first;
}

}  // namespace

std::vector<Placement> Scheduler::Parts::pass() {
  std::vector<Placement> placements;
  if (pool.free_workers() == 0) return placements;
  std::vector<FitQueue*> active;
  for (auto& [fit, it] : queue.fits()) {
    if (it.order.empty()) continue;
    pool.update(it.classes, fit);
    if (choice.feasible(fit, it.classes)) active.push_back(&it);
  }
  std::vector<Lane*> aside;
  while (FitQueue* best = first_of(active)) {
    Share& share = *best->order.begin()->second;
    Lane& lane = *share.order.begin()->second;
    const bool target_free = best->fit.target.empty() || !targets.contains(best->fit.target);
    const auto worker = target_free ? choice.best(best->fit, best->classes, lane.builds->keys)
                                    : std::optional<WorkerIndex>();
    if (worker) {
      placements.push_back(place(*best, lane, *worker));
    } else if (!target_free || give_way(*best, lane, aside)) {
      std::erase(active, best);
    }
    if (pool.free_workers() == 0) break;
  }
  for (Lane* lane : aside) queue.set_aside(*lane, false);
  pool.release_reserved();
  return placements;
}

Placement Scheduler::Parts::place(FitQueue& fit, Lane& lane, WorkerIndex worker) {
  const JobId id = queue.first(lane);
  const LaneJob job = *queue.take(id);
  RunningJob& it = occupy(job, worker, queue.now(), true);
  Placement placement{id, pool.at(worker).name, {}};
  for (const KeyIndex key : lane.builds->keys) {
    if (builds.has(worker, key)) continue;
    if (builds.ready(key)) {
      builds.add_holder(key, worker);
      it.fetches.push_back(key);
    } else {
      builds.start(key, {worker, id});
      it.makes.push_back(key);
      placement.to_build.push_back(builds.key(key));
    }
  }
  recheck(it.makes);
  fit.reserved.reset();
  queue.place(*lane.share->submitter);
  return placement;
}

bool Scheduler::Parts::give_way(FitQueue& fit, Lane& lane, std::vector<Lane*>& aside) {
  const bool only_holders = std::ranges::any_of(
      lane.builds->keys, [this](KeyIndex key) { return builds.only_holders(key); });
  if (only_holders) {
    queue.set_aside(lane, true);
    aside.push_back(&lane);
    return false;
  }
  set_worker_aside(fit, lane);
  return true;
}

void Scheduler::Parts::set_worker_aside(FitQueue& fit, const Lane& lane) {
  if (queue.now() - lane.listed->queued < limits.ageing) return;
  if (fit.reserved) {
    const WorkerIndex worker = *fit.reserved;
    const bool good = worker < pool.table_size() && !pool.at(worker).reserved &&
                      choice.could(worker, fit.fit, choice.takes_avoided(fit.fit, fit.classes));
    if (!good) fit.reserved.reset();
  }
  if (!fit.reserved) fit.reserved = choice.to_empty(fit.fit, fit.classes);
  if (fit.reserved) pool.reserve(*fit.reserved);
}

}  // namespace luolab
