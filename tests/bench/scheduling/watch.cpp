// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/scheduling/watch.h"

#include <algorithm>

#include <fmt/format.h>

namespace luolab::simulation {
namespace {

void require(bool held, const JobId job, std::string_view what) {
  if (!held) throw Broken(fmt::format("{}: {}", id_text(job), what));
}

}  // namespace

void Watch::waits(const ReadyJob& job) {
  require(!running_.contains(job.id.value), job.id, "waits though it runs");
  require(waiting_.emplace(job.id.value, job).second, job.id, "waits twice");
}

void Watch::removed(JobId job) {
  require(waiting_.erase(job.value) == 1, job, "was removed though it did not wait");
}

void Watch::adopted(const ReadyJob& job, const std::string& worker) {
  waiting_.erase(job.id.value);
  occupy({job, worker, {}, {}});
}

void Watch::placed(const Placement& placement) {
  const auto known = waiting_.find(placement.job.value);
  require(known != waiting_.end(), placement.job, "was placed though it did not wait");
  Running it{known->second, placement.worker, {}, {}};
  waiting_.erase(known);
  Side& side = sides_[placement.worker];
  check_place(it.job, side);
  check_avoided(it.job, side);
  take_builds(it, placement, side);
  --side.demand;
  occupy(it);
}

void Watch::undone(const Placement& placement) {
  Running it = vacate(placement.job);
  Side& side = sides_[it.worker];
  for (const std::string& key : it.fetches) side.builds.erase(key);
  if (side.connected) ++side.demand;
  waits(it.job);
}

void Watch::ended(JobId job) {
  if (running_.contains(job.value)) vacate(job);
}

void Watch::worker(const WorkerOffer& offer) {
  Side& side = sides_[offer.name];
  if (side.connected && side.offer.hello.instance != offer.hello.instance) {
    std::erase_if(makers_, [&](const auto& entry) { return entry.second.worker == offer.name; });
  }
  side.offer = offer;
  side.connected = true;
  side.builds = {offer.hello.builds.begin(), offer.hello.builds.end()};
}

void Watch::worker_gone(const std::string& name) {
  Side& side = sides_[name];
  side.connected = false;
  side.demand = 0;
  side.builds.clear();
  std::erase_if(makers_, [&](const auto& entry) { return entry.second.worker == name; });
}

void Watch::demand(const std::string& worker, std::uint32_t jobs) {
  if (sides_[worker].connected) sides_[worker].demand = jobs;
}

void Watch::build_ready(const std::string& key) {
  ready_.insert(key);
  makers_.erase(key);
}

void Watch::build_failed(const std::string& key, const std::string& worker) {
  const auto maker = makers_.find(key);
  if (maker != makers_.end() && maker->second.worker == worker) makers_.erase(maker);
}

void Watch::build_on_worker(const std::string& key, const std::string& worker) {
  if (sides_[worker].connected) sides_[worker].builds.insert(key);
}

void Watch::counts(const Scheduler& scheduler) const {
  if (scheduler.waiting() == waiting_.size() && scheduler.running() == running_.size()) return;
  throw Broken(fmt::format("{} wait and {} run; the scheduler has {} and {}", waiting_.size(),
                           running_.size(), scheduler.waiting(), scheduler.running()));
}

bool Watch::could_take(const std::string& worker, JobId job) const {
  const ReadyJob& it = waiting_.at(job.value);
  const auto known = sides_.find(worker);
  if (known == sides_.end()) return false;
  const Side& side = known->second;
  const auto submitter = submitters_.find(it.submitter);
  const bool limited = limits_.per_submitter > 0 && submitter != submitters_.end() &&
                       submitter->second >= limits_.per_submitter;
  return !limited && open(it, side) && fits(it, side) && side.demand > 0 &&
         side.running < side.offer.hello.slots && !it.avoid.contains(worker) &&
         side.bytes + it.needs.memory_bytes <= side.offer.hello.memory_bytes &&
         (it.needs.target.empty() || !targets_.contains(it.needs.target));
}

void Watch::occupy(const Running& it) {
  Side& side = sides_[it.worker];
  ++side.running;
  side.bytes += it.job.needs.memory_bytes;
  ++submitters_[it.job.submitter];
  if (!it.job.needs.target.empty()) targets_[it.job.needs.target].insert(it.job.id);
  running_.emplace(it.job.id.value, it);
}

Watch::Running Watch::vacate(JobId job) {
  const auto known = running_.find(job.value);
  require(known != running_.end(), job, "does not run");
  Running it = std::move(known->second);
  running_.erase(known);
  Side& side = sides_[it.worker];
  --side.running;
  side.bytes -= it.job.needs.memory_bytes;
  --submitters_[it.job.submitter];
  if (!it.job.needs.target.empty()) {
    std::set<JobId>& users = targets_[it.job.needs.target];
    users.erase(job);
    if (users.empty()) targets_.erase(it.job.needs.target);
  }
  for (const std::string& key : it.makes) {
    const auto maker = makers_.find(key);
    if (maker != makers_.end() && maker->second.job == job) makers_.erase(maker);
  }
  return it;
}

void Watch::check_place(const ReadyJob& job, const Side& side) const {
  require(side.connected, job.id, "is on a worker that is not connected");
  require(side.demand > 0, job.id, "is on a worker that does not ask for a job");
  require(side.running < side.offer.hello.slots, job.id, "is on a worker without a free slot");
  require(side.bytes + job.needs.memory_bytes <= side.offer.hello.memory_bytes, job.id,
          "is on a worker without the memory");
  require(fits(job, side), job.id, "is on a worker that does not suit");
  require(open(job, side), job.id, "is on a worker that takes no such job");
  require(job.needs.target.empty() || !targets_.contains(job.needs.target), job.id,
          "is on a target that is in use");
  const auto submitter = submitters_.find(job.submitter);
  require(limits_.per_submitter == 0 || submitter == submitters_.end() ||
              submitter->second < limits_.per_submitter,
          job.id, "is one more than its submitter's limit");
}

void Watch::check_avoided(const ReadyJob& job, const Side& side) const {
  if (!job.only.empty() || !job.avoid.contains(side.offer.name)) return;
  for (const auto& [name, other] : sides_) {
    require(job.avoid.contains(name) || !open(job, other) || !fits(job, other), job.id,
            "is on a worker that it avoids, though another fits");
  }
}

bool Watch::fits(const ReadyJob& job, const Side& side) const {
  const WorkerHello& hello = side.offer.hello;
  const auto has = [](const std::vector<std::string>& list, const std::string& word) {
    return std::ranges::find(list, word) != list.end();
  };
  return hello.arch == job.needs.arch && hello.cpus >= job.needs.cpus && hello.slots > 0 &&
         hello.memory_bytes >= job.needs.memory_bytes && (hello.kvm || !job.needs.kvm) &&
         std::ranges::all_of(job.needs.tags,
                             [&](const auto& tag) { return has(hello.tags, tag); }) &&
         (job.needs.target.empty() || has(hello.targets, job.needs.target));
}

bool Watch::open(const ReadyJob& job, const Side& side) const {
  if (!side.connected || side.offer.state == WorkerState::draining) return false;
  if (!job.only.empty()) return job.only == side.offer.name;
  return side.offer.state == WorkerState::ready;
}

void Watch::take_builds(Running& it, const Placement& placement, Side& side) {
  const std::set<std::string> to_build(placement.to_build.begin(), placement.to_build.end());
  for (const std::string& key : it.job.needs.builds) {
    const bool has = side.builds.contains(key);
    const bool makes = to_build.contains(key);
    require(makes != (has || ready_.contains(key)), it.job.id,
            "builds what is there, or does not build what is not");
    if (makes) {
      const bool first = makers_.emplace(key, Maker{placement.worker, it.job.id}).second;
      require(first, it.job.id, "builds what another builds");
      it.makes.insert(key);
    } else if (!has) {
      side.builds.insert(key);
      it.fetches.insert(key);
    }
  }
  require(to_build.size() == it.makes.size(), it.job.id, "builds what it does not need");
}

}  // namespace luolab::simulation
