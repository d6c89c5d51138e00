// SPDX-License-Identifier: Apache-2.0
#include "controller/scheduler/worker_pool.h"

#include <algorithm>

namespace luolab {
namespace {

bool class_fits(const WorkerClass& kind, const Fit& fit) {
  return kind.arch == fit.arch && kind.cpus >= fit.cpus && (kind.kvm || !fit.kvm) &&
         std::ranges::includes(kind.tags, fit.tags);
}

/// Moves a worker within a list, into it or out of it.
void relist(std::set<ByMemory>& list, std::optional<ByMemory>& from, std::optional<ByMemory> to) {
  if (from && to && from->bytes == to->bytes) return;
  if (from && to) {
    auto node = list.extract(*from);
    node.value() = *to;
    list.insert(std::move(node));
  } else if (from) {
    list.erase(*from);
  } else if (to) {
    list.insert(*to);
  }
  from = to;
}

}  // namespace

std::uint32_t PooledWorker::free_slots() const {
  if (!connected || reserved || state == WorkerState::draining || running >= hello.slots) return 0;
  return std::min(demand, hello.slots - running);
}

std::uint64_t PooledWorker::free_bytes() const {
  return hello.memory_bytes - std::min(hello.memory_bytes, used_bytes);
}

WorkerIndex WorkerPool::index(const std::string& name) {
  if (const auto known = names_.find(name); known != names_.end()) return known->second;
  WorkerIndex worker;
  if (unused_.empty()) {
    worker = static_cast<WorkerIndex>(workers_.size());
    workers_.emplace_back();
    listed_.emplace_back();
  } else {
    worker = unused_.back();
    unused_.pop_back();
  }
  workers_[worker].name = name;
  names_.emplace(name, worker);
  return worker;
}

std::optional<WorkerIndex> WorkerPool::find(const std::string& name) const {
  const auto known = names_.find(name);
  if (known == names_.end()) return {};
  return known->second;
}

void WorkerPool::connect(WorkerIndex worker, const WorkerOffer& offer) {
  unlist(worker);
  PooledWorker& it = workers_[worker];
  it.hello = offer.hello;
  it.hello.builds.clear();
  it.hello.attempts.clear();
  std::ranges::sort(it.hello.tags);
  it.state = offer.state;
  it.connected = true;
  list(worker);
}

void WorkerPool::disconnect(WorkerIndex worker) {
  unlist(worker);
  workers_[worker].connected = false;
  workers_[worker].demand = 0;
  if (workers_[worker].running == 0) forget(worker);
}

void WorkerPool::set_demand(WorkerIndex worker, std::uint32_t jobs) {
  workers_[worker].demand = workers_[worker].connected ? jobs : 0;
  update_free(worker);
}

void WorkerPool::take(WorkerIndex worker, std::uint64_t bytes, bool demanded) {
  PooledWorker& it = workers_[worker];
  ++it.running;
  it.used_bytes += bytes;
  if (demanded && it.demand > 0) --it.demand;
  update_free(worker);
}

void WorkerPool::give_back(WorkerIndex worker, std::uint64_t bytes, bool demanded) {
  PooledWorker& it = workers_[worker];
  --it.running;
  it.used_bytes -= bytes;
  if (demanded && it.connected) ++it.demand;
  if (!it.connected && it.running == 0) {
    forget(worker);
  } else {
    update_free(worker);
  }
}

void WorkerPool::reserve(WorkerIndex worker) {
  workers_[worker].reserved = true;
  reserved_.push_back(worker);
  update_free(worker);
}

void WorkerPool::release_reserved() {
  for (const WorkerIndex worker : reserved_) {
    workers_[worker].reserved = false;
    update_free(worker);
  }
  reserved_.clear();
}

void WorkerPool::want_tags(const std::vector<std::string>& tags) {
  bool grown = false;
  for (const std::string& tag : tags) grown |= wanted_tags_.insert(tag).second;
  if (!grown) return;
  for (WorkerIndex worker = 0; worker < workers_.size(); ++worker) {
    if (!workers_[worker].connected) continue;
    unlist(worker);
    list(worker);
  }
}

void WorkerPool::update(FittingClasses& fitting, const Fit& fit) const {
  if (fitting.fits.size() == classes_.size()) return;
  for (std::size_t kind = fitting.fits.size(); kind < classes_.size(); ++kind) {
    fitting.fits.push_back(class_fits(classes_[kind], fit));
    if (fitting.fits.back()) fitting.ranked.push_back(kind);
  }
  std::ranges::sort(fitting.ranked, {}, [this](std::size_t kind) {
    const WorkerClass& it = classes_[kind];
    return std::tuple(it.tags.size(), it.kvm, kind);
  });
}

const std::set<WorkerIndex>& WorkerPool::reaching(const std::string& target) const {
  static const std::set<WorkerIndex> kNone;
  const auto known = reaching_.find(target);
  return known == reaching_.end() ? kNone : known->second;
}

bool WorkerPool::suits(WorkerIndex worker, const Fit& fit) const {
  const PooledWorker& it = workers_[worker];
  return it.hello.arch == fit.arch && it.hello.cpus >= fit.cpus && (it.hello.kvm || !fit.kvm) &&
         it.hello.memory_bytes >= fit.memory_bytes && it.hello.slots > 0 &&
         std::ranges::includes(it.hello.tags, fit.tags) &&
         (fit.target.empty() || reaching(fit.target).contains(worker));
}

std::size_t WorkerPool::class_of(const WorkerHello& hello) {
  std::vector<std::string> tags;
  for (const std::string& tag : hello.tags) {
    if (wanted_tags_.contains(tag) && (tags.empty() || tags.back() != tag)) tags.push_back(tag);
  }
  const auto [known, made] =
      class_keys_.try_emplace(ClassKey(hello.arch, hello.cpus, hello.kvm, tags), classes_.size());
  if (made) classes_.push_back({hello.arch, hello.cpus, hello.kvm, tags, {}, {}, {}});
  return known->second;
}

void WorkerPool::list(WorkerIndex worker) {
  PooledWorker& it = workers_[worker];
  it.kind = class_of(it.hello);
  if (it.open()) {
    listed_[worker].open = ByMemory{it.hello.memory_bytes, worker};
    classes_[it.kind].open.insert(*listed_[worker].open);
  }
  for (const std::string& target : it.hello.targets) reaching_[target].insert(worker);
  update_free(worker);
}

void WorkerPool::unlist(WorkerIndex worker) {
  PooledWorker& it = workers_[worker];
  Listed& listed = listed_[worker];
  if (listed.open) classes_[it.kind].open.erase(*listed.open);
  if (listed.room) classes_[it.kind].room.erase(*listed.room);
  if (listed.free) classes_[it.kind].free.erase(*listed.free);
  if (listed.has_slot) free_.erase(worker);
  listed = {};
  for (const std::string& target : it.hello.targets) {
    const auto known = reaching_.find(target);
    if (known == reaching_.end()) continue;
    known->second.erase(worker);
    if (known->second.empty()) reaching_.erase(known);
  }
}

void WorkerPool::update_free(WorkerIndex worker) {
  const PooledWorker& it = workers_[worker];
  Listed& listed = listed_[worker];
  const bool has_slot = it.free_slots() > 0;
  if (has_slot && !listed.has_slot) free_.insert(worker);
  if (!has_slot && listed.has_slot) free_.erase(worker);
  listed.has_slot = has_slot;

  WorkerClass& kind = classes_[it.kind];
  const ByMemory now{it.free_bytes(), worker};
  relist(kind.room, listed.room, it.open() ? std::optional(now) : std::nullopt);
  relist(kind.free, listed.free, has_slot && it.open() ? std::optional(now) : std::nullopt);
}

void WorkerPool::forget(WorkerIndex worker) {
  names_.erase(workers_[worker].name);
  workers_[worker] = {};
  listed_[worker] = {};
  unused_.push_back(worker);
}

}  // namespace luolab
