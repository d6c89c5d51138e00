// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/scheduler/history.h"

#include <algorithm>

#include "tests/unit/scheduler/lab.h"

namespace luolab {
namespace {

constexpr std::uint64_t kWorkers = 6;
constexpr std::uint64_t kKeys = 4;

SchedulerLimits some_limits(std::mt19937_64& random) {
  SchedulerLimits limits;
  limits.ageing = std::chrono::minutes{random() % 3 * 5};
  limits.per_submitter = static_cast<std::uint32_t>(random() % 4 * 2);
  return limits;
}

template <class Map>
auto some_of(const Map& map, std::uint64_t place) {
  return std::next(map.begin(), static_cast<std::ptrdiff_t>(place));
}

}  // namespace

History::History(std::uint64_t seed)
    : random_(seed), limits_(some_limits(random_)), scheduler_(limits_), watch_(limits_) {}

void History::step() {
  seconds_ += static_cast<std::int64_t>(below(60));
  switch (below(16)) {
    case 0:
    case 1:
    case 2:
    case 3:
      add();
      break;
    case 4:
    case 5:
    case 6:
      end_one();
      break;
    case 7:
      remove_one();
      break;
    case 8:
      adopt();
      break;
    case 9:
    case 10:
      change_worker();
      break;
    case 11:
      drop_worker();
      break;
    case 12:
    case 13:
      ask();
      break;
    case 14:
      change_build();
      break;
    default:
      expire();
  }
  schedule();
}

bool History::finish() {
  for (std::uint64_t i = 0; i < kWorkers; ++i) {
    WorkerOffer offer = worker("w" + std::to_string(i), 4);
    offer.hello.kvm = true;
    offer.hello.tags = {"numa"};
    offer.hello.targets = {"rack1"};
    offer.hello.memory_bytes = 4 * kGiB;
    watch_.worker(offer);
    scheduler_.set_worker(offer);
    watch_.demand(offer.name, 4);
    scheduler_.set_demand(offer.name, 4);
  }
  // Every completion gives room for something; ageing brings all else to the front.
  for (std::size_t left = 20 * (waiting_.size() + running_.size()) + 20; left > 0; --left) {
    seconds_ += 60;
    schedule();
    if (running_.empty() && waiting_.empty()) return true;
    if (running_.empty()) continue;  // the only placement was undone
    const auto job = some_of(running_, below(running_.size()));
    const std::string name = job->second.worker;
    end(job->first);
    watch_.demand(name, 4);
    scheduler_.set_demand(name, 4);
  }
  return false;
}

Instant History::now() const { return at(std::chrono::seconds{seconds_}); }

std::string History::some_worker() { return "w" + std::to_string(below(kWorkers)); }

ReadyJob History::some_job() {
  ReadyJob it = job(next_job_++, std::string(1, static_cast<char>('a' + below(3))));
  it.priority = static_cast<int>(below(3)) * 10;
  it.queued = now();
  it.needs.memory_bytes = (1 + below(3)) * kGiB;
  it.needs.kvm = one_in(4);
  if (one_in(4)) it.needs.tags = {"numa"};
  if (one_in(6)) it.needs.target = "rack1";
  for (std::uint64_t key = 0; key < kKeys; ++key) {
    if (one_in(4)) it.needs.builds.push_back("k" + std::to_string(key));
  }
  if (one_in(6)) it.avoid = {some_worker(), some_worker()};
  if (one_in(10)) it.only = some_worker();
  if (one_in(4)) it.queue_timeout = std::chrono::minutes{1 + below(20)};
  return it;
}

WorkerOffer History::some_offer(const std::string& name) {
  WorkerOffer it = worker(name, 1 + static_cast<std::uint32_t>(below(4)));
  it.hello.instance = std::to_string(below(2));
  it.hello.memory_bytes = (1 + below(6)) * kGiB;
  it.hello.kvm = one_in(2);
  if (one_in(2)) it.hello.tags = {"numa"};
  if (one_in(3)) it.hello.targets = {"rack1"};
  if (one_in(3)) it.hello.builds = {"k" + std::to_string(below(kKeys))};
  it.state = one_in(6)   ? WorkerState::draining
             : one_in(6) ? WorkerState::quarantined
                         : WorkerState::ready;
  return it;
}

void History::add() {
  const ReadyJob it = some_job();
  watch_.waits(it);
  scheduler_.add(it);
  waiting_[it.id.value] = jobs_[it.id.value] = it;
}

void History::end_one() {
  if (!running_.empty()) end(some_of(running_, below(running_.size()))->first);
}

void History::remove_one() {
  if (waiting_.empty() || !one_in(3)) return;
  const std::int64_t id = some_of(waiting_, below(waiting_.size()))->first;
  watch_.removed({id});
  if (!scheduler_.remove({id})) throw simulation::Broken("a waiting job could not be removed");
  waiting_.erase(id);
}

void History::adopt() {
  if (!one_in(3)) return;
  const ReadyJob it = some_job();
  const std::string name = some_worker();
  watch_.adopted(it, name);
  scheduler_.adopt(it, name, now());
  jobs_[it.id.value] = it;
  running_[it.id.value] = {it.id, name, {}};
}

void History::change_worker() {
  const WorkerOffer offer = some_offer(some_worker());
  watch_.worker(offer);
  scheduler_.set_worker(offer);
}

void History::drop_worker() {
  const std::string name = some_worker();
  watch_.worker_gone(name);
  scheduler_.remove_worker(name);
}

void History::ask() {
  const std::string name = some_worker();
  const auto jobs = static_cast<std::uint32_t>(below(4));
  watch_.demand(name, jobs);
  scheduler_.set_demand(name, jobs);
}

void History::change_build() {
  const std::string key = "k" + std::to_string(below(kKeys));
  const std::string name = some_worker();
  switch (below(8)) {
    case 0:
      watch_.build_ready(key);
      return scheduler_.build_ready(key);
    case 1:
    case 2:
      watch_.build_on_worker(key, name);
      return scheduler_.build_on_worker(key, name);
    default:
      watch_.build_failed(key, name);
      scheduler_.build_failed(key, name);
  }
}

void History::expire() {
  const auto next = scheduler_.next_expiry();
  for (const JobId job : scheduler_.expire(now())) {
    const ReadyJob& it = waiting_.at(job.value);
    if (!next || it.queued + it.queue_timeout > now()) throw simulation::Broken("expired too soon");
    watch_.removed(job);
    waiting_.erase(job.value);
  }
}

void History::schedule() {
  std::vector<Placement> placements = scheduler_.schedule(now());
  for (const Placement& placement : placements) {
    watch_.placed(placement);
    placements_.push_back(text(placement));
    running_[placement.job.value] = placement;
    waiting_.erase(placement.job.value);
  }
  watch_.counts(scheduler_);
  check_idle();
  if (placements.empty() || !one_in(5)) return;
  const Placement& last = placements.back();
  watch_.undone(last);
  scheduler_.undo(last, now());
  running_.erase(last.job.value);
  waiting_[last.job.value] = jobs_.at(last.job.value);
  watch_.counts(scheduler_);
}

/// Nothing that could be placed is left, but for what builds and reserved workers hold up.
void History::check_idle() {
  for (const auto& [id, it] : waiting_) {
    if (!it.needs.builds.empty() || limits_.ageing.count() == 0) continue;
    for (std::uint64_t i = 0; i < kWorkers; ++i) {
      const std::string name = "w" + std::to_string(i);
      if (!watch_.could_take(name, it.id)) continue;
      const bool someone_is_old = std::ranges::any_of(waiting_, [this](const auto& other) {
        return now() - other.second.queued >= limits_.ageing;
      });
      if (!someone_is_old) throw simulation::Broken(id_text(it.id) + " was left out of " + name);
    }
  }
}

void History::end(std::int64_t job) {
  watch_.ended({job});
  scheduler_.ended({job}, now());
  running_.erase(job);
}

}  // namespace luolab
