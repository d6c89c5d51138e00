// SPDX-License-Identifier: Apache-2.0
#include "controller/scheduler/scheduler.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include "controller/scheduler/parts.h"

namespace luolab {

void Scheduler::Parts::recheck(const std::vector<KeyIndex>& keys) {
  for (const KeyIndex key : keys) queue.recheck(key);
}

RunningJob& Scheduler::Parts::occupy(const LaneJob& job, WorkerIndex worker, TimePoint now,
                                     bool demanded) {
  const Fit& fit = job.lane->fit();
  pool.take(worker, fit.memory_bytes, demanded);
  job.lane->share->submitter->usage.start(now);
  job.lane->share->clock->started(job.place());
  if (!fit.target.empty()) targets[fit.target].insert(job.id);
  return running.emplace(job.id.value, RunningJob{job, worker, now, {}, {}}).first->second;
}

void Scheduler::Parts::vacate(const RunningJob& it, bool demanded) {
  const Fit& fit = it.job.lane->fit();
  pool.give_back(it.worker, fit.memory_bytes, demanded);
  if (const auto target = targets.find(fit.target); target != targets.end()) {
    target->second.erase(it.job.id);
    if (target->second.empty()) targets.erase(target);
  }
  for (const KeyIndex key : it.makes) {
    if (builds.give_up(key, it.worker, it.job.id)) queue.recheck(key);
  }
}

Scheduler::Scheduler(SchedulerLimits limits) : parts_(std::make_unique<Parts>(limits)) {}
Scheduler::~Scheduler() = default;
Scheduler::Scheduler(Scheduler&&) noexcept = default;
Scheduler& Scheduler::operator=(Scheduler&&) noexcept = default;

void Scheduler::add(ReadyJob job) {
  if (parts_->queue.find(job.id) != nullptr || parts_->running.contains(job.id.value)) {
    throw std::logic_error(fmt::format("{} is scheduled already", id_text(job.id)));
  }
  parts_->pool.want_tags(job.needs.tags);
  parts_->queue.push(parts_->queue.join(job));
}

bool Scheduler::remove(JobId job) {
  const auto taken = parts_->queue.take(job);
  if (taken) parts_->queue.release(*taken->lane);
  return taken.has_value();
}

void Scheduler::adopt(ReadyJob job, const std::string& worker, Instant now) {
  if (parts_->running.contains(job.id.value)) return;
  remove(job.id);
  const LaneJob member = parts_->queue.join(job);
  parts_->occupy(member, parts_->pool.index(worker), now, false);
  parts_->queue.place_later(*member.lane->share->submitter);
}

void Scheduler::ended(JobId job, Instant now) {
  const auto known = parts_->running.find(job.value);
  if (known == parts_->running.end()) return;
  const RunningJob it = std::move(known->second);
  parts_->running.erase(known);
  parts_->vacate(it, false);
  Submitter& submitter = *it.job.lane->share->submitter;
  submitter.usage.end(now);
  it.job.lane->share->clock->ended(it.job.place(), std::max(parts_->queue.now(), now));
  parts_->queue.place_later(submitter);
  parts_->queue.release(*it.job.lane);

  constexpr std::uint64_t kRemembered = 100;
  const double seconds = std::max(0.0, std::chrono::duration<double>(now - it.started).count());
  const auto weight = static_cast<double>(std::min(++parts_->ended, kRemembered));
  parts_->mean_seconds += (seconds - parts_->mean_seconds) / weight;
}

void Scheduler::set_worker(WorkerOffer worker) {
  const WorkerIndex index = parts_->pool.index(worker.name);
  const PooledWorker& before = parts_->pool.at(index);
  if (before.connected && before.hello.instance != worker.hello.instance) {
    parts_->recheck(parts_->builds.give_up_all(index));
  }
  parts_->pool.connect(index, worker);
  parts_->recheck(parts_->builds.set_held(index, worker.hello.builds));
}

void Scheduler::remove_worker(const std::string& name) {
  const auto index = parts_->pool.find(name);
  if (!index) return;
  parts_->recheck(parts_->builds.give_up_all(*index));
  parts_->recheck(parts_->builds.set_held(*index, {}));
  parts_->pool.disconnect(*index);
}

void Scheduler::set_demand(const std::string& worker, std::uint32_t jobs) {
  if (const auto index = parts_->pool.find(worker)) parts_->pool.set_demand(*index, jobs);
}

void Scheduler::name_build(const std::string& key, std::string title) {
  parts_->builds.set_title(parts_->builds.index(key), std::move(title));
}

void Scheduler::build_ready(const std::string& key) {
  const KeyIndex index = parts_->builds.index(key);
  if (parts_->builds.set_ready(index)) parts_->queue.recheck(index);
}

void Scheduler::build_failed(const std::string& key, const std::string& worker) {
  const KeyIndex index = parts_->builds.index(key);
  const auto by = parts_->pool.find(worker);
  if (by && parts_->builds.give_up(index, *by)) parts_->queue.recheck(index);
}

void Scheduler::build_on_worker(const std::string& key, const std::string& worker) {
  const KeyIndex index = parts_->builds.index(key);
  const auto by = parts_->pool.find(worker);
  if (!by || !parts_->pool.at(*by).connected) return;
  if (parts_->builds.add_holder(index, *by)) parts_->queue.recheck(index);
}

std::vector<Placement> Scheduler::schedule(Instant now) {
  parts_->queue.advance(now);
  return parts_->pass();
}

void Scheduler::undo(const Placement& placement, Instant now) {
  const auto known = parts_->running.find(placement.job.value);
  if (known == parts_->running.end()) return;
  const RunningJob it = std::move(known->second);
  parts_->running.erase(known);
  for (const KeyIndex key : it.fetches) {
    if (parts_->builds.drop_holder(key, it.worker)) parts_->queue.recheck(key);
  }
  parts_->vacate(it, true);
  Submitter& submitter = *it.job.lane->share->submitter;
  submitter.usage.undo(it.started, now);
  it.job.lane->share->clock->undone(it.job.place());
  parts_->queue.push(it.job);
  parts_->queue.place_later(submitter);
}

std::vector<JobId> Scheduler::expire(Instant now) {
  std::vector<JobId> expired;
  const auto& deadlines = parts_->queue.deadlines();
  while (!deadlines.empty() && deadlines.begin()->first <= now) {
    expired.push_back(deadlines.begin()->second);
    remove(expired.back());
  }
  return expired;
}

std::optional<Instant> Scheduler::next_expiry() const {
  const auto& deadlines = parts_->queue.deadlines();
  if (deadlines.empty()) return {};
  return deadlines.begin()->first;
}

std::size_t Scheduler::waiting() const { return parts_->queue.size(); }
std::size_t Scheduler::running() const { return parts_->running.size(); }

}  // namespace luolab
