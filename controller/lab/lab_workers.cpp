// SPDX-License-Identifier: Apache-2.0
// Who works: hello, signs of life, quarantine, farewell.
#include <algorithm>

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "controller/lab/lab.h"
#include "core/base/quantity.h"
#include "core/protocol/json.h"
#include "db/event_writer.h"

namespace luolab {

Task<WorkerResult<WorkerWelcome>> Lab::hello(TokenId token, WorkerHello hello) {
  std::optional<WorkerRow> row = WorkerRow{.name = hello.name, .token = token};
  if (options_.keep_workers) {
    auto save = [name = hello.name, token, json = boost::json::serialize(to_json(hello))](
                    Store& store) { return store.save_worker(name, token, json); };
    row = co_await writer_.write(save);
    if (!row) co_return WorkerRefusal::name_taken;
  }
  const std::string name = hello.name;
  const std::vector<std::int64_t> has = hello.attempts;
  ConnectedWorker& worker = workers_[name];
  if (worker.hello.instance != hello.instance) {
    for (const ParkedRef& parked : std::exchange(parked_[name], {})) {
      parked->replaced = true;
      parked->settled.wake();
    }
  }
  tokens_[name] = token;
  const TimePoint time = now();
  worker = {std::move(hello), token, row->admin_state, time, row->health_reason};
  if (row->health == WorkerHealth::quarantined) health_.quarantine(name, time);
  WorkerWelcome welcome{options_.heartbeat, options_.lease, {}};
  for (const std::int64_t id : has) {
    Lease* lease = leases_.find(AttemptId{id});
    if (lease == nullptr || lease->worker != name) {
      welcome.stale.push_back(id);
      continue;
    }
    lease->instance = worker.hello.instance;
    lease->acknowledged = true;
    leases_.renew(*lease, time + options_.lease);
  }
  for (const AttemptId attempt : leases_.of_worker(name)) {
    if (leases_.find(attempt)->instance != worker.hello.instance)
      spawn(lose(attempt, fmt::format("worker {} was started anew and has nothing of it", name)));
  }
  offer(name);
  co_return welcome;
}

/// Tells the scheduler what there is of the worker.
void Lab::offer(const std::string& name) {
  const auto found = workers_.find(name);
  if (found == workers_.end()) return;
  const ConnectedWorker& worker = found->second;
  WorkerState state = WorkerState::ready;
  if (health_.quarantined(name)) state = WorkerState::quarantined;
  if (worker.admin == AdminState::draining) state = WorkerState::draining;
  WorkerHello hello = worker.hello;
  hello.targets.push_back(worker_target(name));
  scheduler_.set_worker({name, std::move(hello), state});
  for (const std::string& key : worker.hello.builds) scheduler_.build_on_worker(key, name);
  update_demand(name);
  wake_scheduler();
}

WorkerResult<HeartbeatAnswer> Lab::heartbeat(TokenId token, const std::string& name,
                                             const Heartbeat& heartbeat) {
  const auto found = workers_.find(name);
  if (found == workers_.end() || found->second.hello.instance != heartbeat.instance)
    return WorkerRefusal::unknown_instance;
  if (found->second.token != token) return WorkerRefusal::name_taken;
  found->second.seen = now();
  HeartbeatAnswer answer;
  answer.drain = found->second.admin == AdminState::draining;
  std::vector<AttemptId> named;
  for (const AttemptActivity& activity : heartbeat.attempts) {
    const AttemptId attempt{activity.attempt};
    Lease* lease = leases_.find(attempt);
    if (lease == nullptr || lease->worker != name) {
      answer.stale.push_back(activity.attempt);
      continue;
    }
    named.push_back(attempt);
    lease->activity = activity.activity;
    lease->acknowledged = true;
    leases_.renew(*lease, found->second.seen + options_.lease);
    if (lease->canceled) answer.cancel.push_back(activity.attempt);
  }
  for (const AttemptId attempt : leases_.of_worker(name)) {  // canceled, and it has ended them
    if (leases_.find(attempt)->canceled && std::ranges::find(named, attempt) == named.end())
      end_lease(attempt);
  }
  return answer;
}

bool Lab::holds(TokenId token, AttemptId attempt) const {
  const Lease* lease = leases_.find(attempt);
  if (lease == nullptr) return false;
  // After a restart of the controller its workers deliver before they say hello again.
  const auto owner = tokens_.find(lease->worker);
  return owner != tokens_.end() && owner->second == token;
}

void Lab::drop_worker(const std::string& name) {
  for (const ParkedRef& parked : std::exchange(parked_[name], {})) parked->gone = true;
  parked_.erase(name);
  workers_.erase(name);
  scheduler_.remove_worker(name);
  wake_scheduler();
}

/// An attempt whose worker is silent, or has begun anew.
Task<void> Lab::lose(AttemptId attempt, std::string reason) {
  const Lease* lease = leases_.find(attempt);
  if (lease == nullptr) co_return;
  const JobId job = lease->job;
  EndedAttempt last{Verdict::MISS, reason, lease->worker, StartPoint::power_on};
  const RetryPolicy policy = policy_of(job, lease->run);
  auto change = [attempt, job, last, policy](Store& store) {
    return end_in_store(store, attempt, job, last, nullptr, policy);
  };
  const Ended ended = co_await writer_.write(change);
  ++counters_.losses;
  settle(attempt, ended, nullptr);
}

Task<void> Lab::expire_leases(TimePoint time) {
  for (const AttemptId attempt : leases_.expired(time)) {
    Lease* lease = leases_.find(attempt);
    if (lease->canceled) {
      end_lease(attempt);
      continue;
    }
    leases_.renew(*lease, time + options_.lease);  // not twice, however long the store takes
    spawn(lose(attempt, fmt::format("worker {} was silent for {}", lease->worker,
                                    format_duration(options_.lease))));
  }
  std::vector<std::string> silent;
  for (auto& [name, worker] : workers_) {
    const auto parked = parked_.find(name);
    if (parked != parked_.end() && !parked->second.empty()) worker.seen = time;
    if (worker.seen + options_.lease < time) silent.push_back(name);
  }
  for (const std::string& name : silent) {
    drop_worker(name);
    if (!options_.keep_workers) continue;
    auto note = [name](Store& store) {
      store.worker_left(name, "silent for too long");
      return true;
    };
    co_await writer_.write(note);
  }
}

Task<void> Lab::write_seen() {
  if (!options_.keep_workers) co_return;
  std::vector<WorkerSeen> seen;
  for (const auto& [name, worker] : workers_) seen.push_back({name, worker.seen});
  auto change = [seen = std::move(seen)](Store& store) {
    store.workers_seen(seen);
    return true;
  };
  co_await writer_.write(change);
}

void Lab::count_attempt(const std::string& worker, JobId job, Verdict verdict,
                        const std::string& reason) {
  if (health_checks_.contains(job) || !options_.keep_workers) return;
  if (!health_.attempt_ended(worker, verdict, now())) return;
  spawn(save_health(
      worker, false,
      fmt::format("{} jobs in a row ended in MISS, last: {}", options_.health.misses, reason)));
}

void Lab::check_ended(JobId job, Verdict verdict, const std::string& reason) {
  const auto check = health_checks_.find(job);
  if (check == health_checks_.end()) return;
  const std::string worker = check->second;
  health_checks_.erase(check);
  const bool healthy = health_.check_ended(worker, verdict, now());
  spawn(save_health(worker, healthy, healthy ? "" : "health check: " + reason));
}

Task<void> Lab::save_health(std::string worker, bool healthy, std::string reason) {
  if (const auto found = workers_.find(worker); found != workers_.end())
    found->second.health_reason = reason;
  offer(worker);
  const auto state = healthy ? WorkerHealth::healthy : WorkerHealth::quarantined;
  const std::uint32_t misses = healthy ? 0 : options_.health.misses;
  auto change = [worker, state, reason, misses](Store& store) {
    return store.set_health(worker, state, reason, misses);
  };
  co_await writer_.write(change);
}

Task<void> Lab::start_health_check(std::string worker) {
  if (options_.health_check.empty()) co_return;
  Submission submission;
  submission.run = {.title = "health check of " + worker, .submitter = "luolab", .priority = 100};
  for (const Job& job : options_.health_check) {
    NewJob check = new_job(job, needs_of(job));
    check.only_worker = worker;
    submission.jobs.push_back(std::move(check));
    break;  // one job: its verdict is the worker's
  }
  try {
    const Submitted submitted = co_await submit(std::move(submission));
    for (const JobId job : submitted.jobs) health_checks_[job] = worker;
  } catch (const SqliteError&) {
    health_.check_ended(worker, Verdict::MISS, now());  // it is tried again
    throw;
  }
}

Task<bool> Lab::set_admin_state(std::string worker, AdminState state) {
  auto change = [worker, state](Store& store) { return store.set_admin_state(worker, state); };
  if (!co_await writer_.write(change)) co_return false;
  if (const auto found = workers_.find(worker); found != workers_.end())
    found->second.admin = state;
  offer(worker);
  co_return true;
}

Task<bool> Lab::trust(std::string worker) {
  health_.trust(worker);
  if (const auto found = workers_.find(worker); found != workers_.end())
    found->second.health_reason.clear();
  offer(worker);
  auto change = [worker](Store& store) {
    return store.set_health(worker, WorkerHealth::healthy, "", 0);
  };
  co_return co_await writer_.write(change);
}

Task<bool> Lab::forget(std::string worker) {
  auto change = [worker](Store& store) { return store.remove_worker(worker); };
  if (!co_await writer_.write(change)) co_return false;
  for (const AttemptId attempt : leases_.of_worker(worker))
    spawn(lose(attempt, fmt::format("worker {} was removed", worker)));
  drop_worker(worker);
  tokens_.erase(worker);
  health_.trust(worker);
  co_return true;
}

}  // namespace luolab
