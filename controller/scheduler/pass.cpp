// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "controller/scheduler/parts.h"

namespace luolab {
namespace {

/// The fit whose first job comes before those of all others. Drops those that have none any more.
FitQueue* first_of(std::vector<FitQueue*>& active) {
  std::erase_if(active, [](const FitQueue* queue) { return queue->order.empty(); });
  FitQueue* first = nullptr;
  for (FitQueue* queue : active) {
    if (first == nullptr || queue->order.begin()->first < first->order.begin()->first)
      first = queue;
  }
  return first;
}

}  // namespace

std::vector<FitQueue*> Scheduler::Parts::feasible_fits() {
  std::vector<FitQueue*> active;
  const auto look = [&](FitQueue* it) {
    pool.update(it->classes, it->fit);
    if (choice.feasible(it->fit, it->classes)) active.push_back(it);
  };
  std::ranges::for_each(queue.general(), look);
  if (queue.named().size() <= pool.free_workers().size()) {
    for (const auto& [worker, fits] : queue.named()) std::ranges::for_each(fits, look);
    return active;
  }
  for (const WorkerIndex worker : pool.free_workers()) {
    const auto fits = queue.named().find(pool.at(worker).name);
    if (fits != queue.named().end()) std::ranges::for_each(fits->second, look);
  }
  return active;
}

std::vector<Placement> Scheduler::Parts::pass() {
  std::vector<Placement> placements;
  if (pool.free_workers().empty()) return placements;
  std::vector<FitQueue*> active = feasible_fits();
  std::vector<Lane*> aside;
  while (FitQueue* best = first_of(active)) {
    Share& share = *best->order.begin()->second;
    Lane& lane = *share.order.begin()->second;
    const bool target_free = best->fit.target.empty() || !targets.contains(best->fit.target);
    const auto worker = target_free ? choice.best(lane.fit(), best->classes, lane.builds->keys)
                                    : std::optional<WorkerIndex>();
    if (worker) {
      placements.push_back(place(lane, *worker));
    } else if (!target_free || give_way(*best, lane, aside)) {
      std::erase(active, best);
    }
    if (pool.free_workers().empty()) break;
  }
  for (Lane* lane : aside) queue.set_aside(*lane, false);
  pool.release_reserved();
  return placements;
}

Placement Scheduler::Parts::place(Lane& lane, WorkerIndex worker) {
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
  reserved_for(lane).reset();
  queue.place(*lane.share->submitter);
  return placement;
}

bool Scheduler::Parts::give_way(FitQueue& fit, Lane& lane, std::vector<Lane*>& aside) {
  const bool only_holders = std::ranges::any_of(
      lane.builds->keys, [this](KeyIndex key) { return builds.only_holders(key); });
  if (!only_holders) set_worker_aside(lane);
  // Others of the fit may have room where this one has not.
  const bool others_may = only_holders || (lane.own_fit && choice.best(fit.fit, fit.classes, {}));
  if (!others_may) return true;
  queue.set_aside(lane, true);
  aside.push_back(&lane);
  return false;
}

std::optional<WorkerIndex>& Scheduler::Parts::reserved_for(Lane& lane) {
  return lane.own_fit ? lane.reserved : lane.share->fit->reserved;
}

void Scheduler::Parts::set_worker_aside(Lane& lane) {
  if (queue.now() - lane.listed->first < limits.ageing) return;
  const FittingClasses& classes = lane.share->fit->classes;
  std::optional<WorkerIndex>& reserved = reserved_for(lane);
  if (reserved) {
    const WorkerIndex worker = *reserved;
    const bool good = worker < pool.table_size() && !pool.at(worker).reserved &&
                      choice.could(worker, lane.fit(), choice.takes_avoided(lane.fit(), classes));
    if (!good) reserved.reset();
  }
  if (!reserved) reserved = choice.to_empty(lane.fit(), classes);
  if (reserved) pool.reserve(*reserved);
}

}  // namespace luolab
