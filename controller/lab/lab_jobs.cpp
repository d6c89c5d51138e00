// SPDX-License-Identifier: Apache-2.0
// Jobs: from a submission to the last word on them.
#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "controller/lab/fork_confirmation.h"
#include "controller/lab/lab.h"
#include "core/base/quantity.h"
#include "db/event_writer.h"

namespace luolab {
namespace {

/// What the next step depends on. The lab's troubles from before somebody asked for another try do
/// not count any more; what was found out about the kernel does.
std::vector<EndedAttempt> ended_before(const std::vector<AttemptSummary>& attempts, AttemptId last,
                                       TimePoint retried) {
  std::vector<EndedAttempt> ended;
  for (const AttemptSummary& attempt : attempts) {
    if (attempt.verdict == Verdict::MISS && attempt.started < retried) continue;
    if (attempt.id < last && attempt.verdict && attempt.state != AttemptState::canceled)
      ended.push_back({*attempt.verdict, attempt.reason, attempt.worker, attempt.start});
  }
  return ended;
}

/// The report as it is stored: a try after a fork that failed says how the two compare.
AttemptReport with_fork(Store& store, const std::vector<AttemptSummary>& attempts, AttemptId last,
                        AttemptReport report) {
  if (needs_confirmation(report)) {
    mark_unconfirmed(report);
    return report;
  }
  const AttemptSummary* before = nullptr;
  for (const AttemptSummary& attempt : attempts) {
    if (attempt.id < last && attempt.verdict != Verdict::MISS) before = &attempt;
  }
  const bool after_fork = before != nullptr && before->verdict == Verdict::FAIL &&
                          before->start != StartPoint::power_on;
  if (!after_fork || report.verdict == Verdict::MISS) return report;
  const auto record = store.attempt(before->id);
  if (record && record->report) compare_with_fork(report, *record->report);
  return report;
}

}  // namespace

Task<Submitted> Lab::submit(Submission submission) {
  const auto shared = std::make_shared<const Submission>(std::move(submission));
  auto change = [shared](Store& store) {
    Submitted submitted = store.submit(*shared);
    std::vector<QueuedJob> queued;
    for (const JobId job : submitted.jobs) {
      if (auto waiting = store.queued_job(job)) queued.push_back(std::move(*waiting));
    }
    Cancellation superseded;
    if (submitted.outcome == SubmitOutcome::created && !shared->run.series_key.empty())
      superseded = store.supersede(shared->run.series_key, shared->run.revision, submitted.run);
    return std::make_tuple(std::move(submitted), std::move(queued), std::move(superseded));
  };
  auto [submitted, queued, superseded] = co_await writer_.write(change);
  for (const QueuedJob& job : queued) enqueue(job);
  take_note(superseded);
  for (bool more = superseded.more; more;) {
    auto rest = [shared, by = submitted.run](Store& store) {
      return store.supersede(shared->run.series_key, shared->run.revision, by);
    };
    const Cancellation next = co_await writer_.write(rest);
    take_note(next);
    more = next.more;
  }
  co_return std::move(submitted);
}

Task<void> Lab::take_up(CreatedRun run) {
  own_runs_.insert(run.id);
  auto question = [run](Store& store) {
    std::vector<QueuedJob> queued;
    for (const JobId job : run.jobs) {
      if (auto waiting = store.queued_job(job)) queued.push_back(std::move(*waiting));
    }
    return queued;
  };
  const auto queued = co_await writer_.write(question);
  for (const QueuedJob& job : queued) enqueue(job);
}

Task<void> Lab::restore() {
  struct Kept {
    std::vector<QueuedJob> queued;
    std::vector<RunningAttempt> running;
    std::vector<RolloutSoak> soaks;
    std::vector<FleetBuild> builds;
    std::vector<WorkerRow> workers;
  };
  auto question = [](Store& store) {
    Kept kept;
    store.each_queued([&](QueuedJob job) { kept.queued.push_back(std::move(job)); });
    kept.running = store.running_attempts();
    kept.soaks = store.soaking_rollouts();
    kept.workers = store.workers();
    FleetBuildFilter ready{.state = FleetBuildState::ready, .limit = kLongestPage};
    for (;;) {
      auto page = store.fleet_builds(ready);
      std::ranges::move(page, std::back_inserter(kept.builds));
      if (page.size() < kLongestPage) break;
      ready.before = kept.builds.back().id;
    }
    return kept;
  };
  const Kept kept = co_await writer_.write(question);
  for (const FleetBuild& build : kept.builds) {
    builds_[build.key] = build.artifact;
    scheduler_.build_ready(build.key);
  }
  const TimePoint time = now();
  for (const WorkerRow& worker : kept.workers) {
    tokens_[worker.name] = worker.token;
    if (worker.health == WorkerHealth::quarantined) health_.quarantine(worker.name, time);
  }
  for (const RunningAttempt& running : kept.running) {
    leases_.add({.attempt = running.attempt,
                 .job = running.job.id,
                 .run = running.job.run,
                 .worker = running.worker,
                 .expires = time + options_.lease,
                 .acknowledged = true});
    consoles_.begin(running.attempt);
    confirm_[running.job.run] = running.job.confirm;
    scheduler_.adopt(ready_job(running.job), running.worker, time);
    if (!running.job.only.empty()) health_checks_[running.job.id] = running.job.only;
  }
  for (const QueuedJob& job : kept.queued) enqueue(job);
  for (const RolloutSoak& soak : kept.soaks) soaks_[soak.rollout] = soak.due;
  consoles_.sweep();
}

ReadyJob Lab::ready_job(const QueuedJob& job) {
  return {.id = job.id,
          .submitter = job.submitter,
          .priority = job.priority,
          .needs = job.needs,
          .queued = job.queued,
          .queue_timeout = job.queue_timeout,
          .avoid = {job.tried.begin(), job.tried.end()},
          .only = job.only};
}

void Lab::enqueue(const QueuedJob& job) {
  if (!job.only.empty()) health_checks_.try_emplace(job.id, job.only);
  if (job.behind_wave > 0) {
    held_[job.id] = job.behind_wave;
    return;
  }
  ReadyJob ready = ready_job(job);
  if (own_runs_.contains(job.run)) ready.queue_timeout = {};
  scheduler_.add(std::move(ready));
  wake_scheduler();
}

RetryPolicy Lab::policy_of(JobId job, RunId run) const {
  const auto confirm = confirm_.find(run);
  return {.most_misses = health_checks_.contains(job) ? 1 : options_.most_misses,
          .confirm = confirm == confirm_.end() ? 0 : confirm->second};
}

/// In the writer's thread.
Lab::Ended Lab::end_in_store(Store& store, AttemptId attempt, JobId job, EndedAttempt last,
                             const AttemptReport* report, const RetryPolicy& policy) {
  const auto attempts = store.attempts_of(job);
  const TimePoint retried = attempts.size() > 1 ? store.last_retry(job) : TimePoint{};
  Ended ended;
  if (report != nullptr) {
    const AttemptReport told = with_fork(store, attempts, attempt, *report);
    last.reason = told.reason;
    ended.next = next_step(ended_before(attempts, attempt, retried), last, policy);
    const JobFate fate{ended.next.again, ended.next.verdict, ended.next.reason};
    ended.end = store.finish_attempt(attempt, told, fate);
  } else {
    ended.next = next_step(ended_before(attempts, attempt, retried), last, policy);
    const JobFate fate{ended.next.again, ended.next.verdict, ended.next.reason};
    ended.end = store.lose_attempt(attempt, last.reason, fate);
  }
  if (ended.end.outcome == AttemptOutcome::taken && ended.next.again)
    ended.again = store.queued_job(job);
  return ended;
}

Task<Delivery> Lab::report(TokenId token, AttemptId attempt, AttemptReport report) {
  const auto shared = std::make_shared<const AttemptReport>(std::move(report));
  const Lease* lease = leases_.find(attempt);
  if (lease == nullptr) co_return co_await report_again(token, attempt, shared);
  if (!holds(token, attempt)) {
    ++counters_.stale;
    co_return Delivery::refused;
  }
  const JobId job = lease->job;
  const std::string worker = lease->worker;
  const EndedAttempt last{shared->verdict, shared->reason, worker, shared->start};
  const RetryPolicy policy = policy_of(job, lease->run);
  auto change = [attempt, job, last, shared, policy](Store& store) {
    return end_in_store(store, attempt, job, last, shared.get(), policy);
  };
  const Ended ended = co_await writer_.write(change);
  switch (ended.end.outcome) {
    case AttemptOutcome::taken:
      ++counters_.reports;
      count_attempt(worker, job, shared->verdict, shared->reason);
      settle(attempt, ended, shared.get());
      co_return Delivery::taken;
    case AttemptOutcome::taken_before:
    case AttemptOutcome::kept:
      end_lease(attempt);
      co_return Delivery::taken;
    case AttemptOutcome::stale:
      break;
  }
  ++counters_.stale;
  end_lease(attempt);
  co_return Delivery::refused;
}

/// A report of an attempt that does not run (any more): was it taken before?
Task<Delivery> Lab::report_again(TokenId token, AttemptId attempt,
                                 std::shared_ptr<const AttemptReport> report) {
  auto change = [token, attempt, report](Store& store) {
    const auto record = store.attempt(attempt);
    if (!record) return AttemptOutcome::stale;
    const auto worker = store.worker(record->summary.worker);
    if (!worker || worker->token != token) return AttemptOutcome::stale;
    if (record->summary.state == AttemptState::running) return AttemptOutcome::stale;
    return store.finish_attempt(attempt, *report, JobFate{}).outcome;
  };
  const AttemptOutcome outcome = co_await writer_.write(change);
  if (outcome != AttemptOutcome::stale) co_return Delivery::taken;
  ++counters_.stale;
  co_return Delivery::refused;
}

/// The attempt's place is free.
void Lab::end_lease(AttemptId attempt) {
  const Lease* lease = leases_.find(attempt);
  if (lease == nullptr) return;
  const JobId job = lease->job;
  if (const auto building = building_.find(attempt); building != building_.end()) {
    for (const std::string& key : building->second) scheduler_.build_failed(key, lease->worker);
    building_.erase(building);
  }
  leases_.remove(attempt);
  consoles_.close(attempt);
  scheduler_.ended(job, now());
  wake_scheduler();
}

void Lab::settle(AttemptId attempt, const Ended& ended, const AttemptReport* report) {
  if (ended.end.outcome != AttemptOutcome::taken) return end_lease(attempt);
  end_lease(attempt);
  if (ended.again) {
    ++counters_.retries;
    enqueue(*ended.again);
    return;
  }
  job_is_over(ended.end.job, ended.next.verdict, ended.next.reason, report);
  take_step(ended.end.rollout);
  if (ended.end.run_done) run_is_over(ended.end.run);
}

void Lab::job_is_over(JobId job, Verdict verdict, const std::string& reason,
                      const AttemptReport* report) {
  check_ended(job, verdict, reason);
  if (observer_ != nullptr) observer_->job_ended(job, verdict, reason, report);
}

void Lab::run_is_over(RunId run) {
  confirm_.erase(run);
  own_runs_.erase(run);
  if (observer_ != nullptr) observer_->run_ended(run);
}

Task<Delivery> Lab::build_done(TokenId token, AttemptId attempt, std::string key,
                               std::string artifact, std::string failure) {
  if (!holds(token, attempt)) co_return Delivery::refused;
  const std::string worker = leases_.find(attempt)->worker;
  auto change = [attempt, key, artifact, failure](Store& store) {
    return failure.empty() ? store.build_ready(key, attempt, artifact)
                           : store.build_failed(key, attempt, failure);
  };
  if (!co_await writer_.write(change)) co_return Delivery::refused;
  if (const auto building = building_.find(attempt); building != building_.end())
    std::erase(building->second, key);
  if (failure.empty()) {
    builds_[key] = artifact;
    scheduler_.build_ready(key);
  } else {
    scheduler_.build_failed(key, worker);
  }
  wake_scheduler();
  co_return Delivery::taken;
}

Task<Cancellation> Lab::cancel_run(RunId run, std::string reason) {
  auto change = [run, reason](Store& store) { return store.cancel_run(run, reason); };
  Cancellation canceled;
  do {  // a piece at a time, so that others get their turn
    const Cancellation piece = co_await writer_.write(change);
    take_note(piece);
    std::ranges::copy(piece.jobs, std::back_inserter(canceled.jobs));
    std::ranges::copy(piece.attempts, std::back_inserter(canceled.attempts));
    std::ranges::copy(piece.runs, std::back_inserter(canceled.runs));
    canceled.more = piece.more;
  } while (canceled.more);
  co_return canceled;
}

Task<Cancellation> Lab::cancel_job(JobId job, std::string reason) {
  auto change = [job, reason](Store& store) { return store.stop_job(job, reason); };
  Cancellation canceled = co_await writer_.write(change);
  take_note(canceled);
  co_return canceled;
}

/// Jobs that were stopped in the store: those that wait leave the queue, the workers of those that
/// run are told with their next heartbeat.
void Lab::take_note(const Cancellation& canceled) {
  for (const StoppedAttempt& stopped : canceled.attempts) {
    if (Lease* lease = leases_.find(stopped.attempt)) lease->canceled = true;
  }
  for (const JobId job : canceled.jobs) {
    scheduler_.remove(job);
    held_.erase(job);
    job_is_over(job, Verdict::MISS, "canceled", nullptr);
  }
  take_step(canceled.rollout);
  for (const RunId run : canceled.runs) run_is_over(run);
}

Task<std::size_t> Lab::retry_run(RunId run, std::set<Verdict> verdicts) {
  auto change = [run, verdicts](Store& store) { return store.retry_run(run, verdicts); };
  const auto queued = co_await writer_.write(change);
  for (const QueuedJob& job : queued) enqueue(job);
  co_return queued.size();
}

Task<bool> Lab::retry_job(JobId job) {
  auto change = [job](Store& store) { return store.retry_job(job); };
  const auto queued = co_await writer_.write(change);
  if (queued) enqueue(*queued);
  co_return queued.has_value();
}

Task<void> Lab::expire_waiting(TimePoint time) {
  for (const JobId job : scheduler_.expire(time)) overdue_.push_back(job);
  for (const JobId job : std::exchange(overdue_, {})) co_await expire(job);
}

Task<void> Lab::expire(JobId job) {
  const std::string reason = "it waited longer than timeouts.queue";
  auto change = [job, reason](Store& store) { return store.expire_job(job, reason); };
  AttemptEnd end;
  try {
    end = co_await writer_.write(change);
  } catch (const SqliteError& error) {
    overdue_.push_back(job);  // with the next tick
    options_.on_trouble(error.what());
    co_return;
  }
  if (end.outcome == AttemptOutcome::stale) co_return;
  ++counters_.expired;
  job_is_over(job, Verdict::MISS, reason, nullptr);
  take_step(end.rollout);
  if (end.run_done) run_is_over(end.run);
}

WhyWaiting Lab::why(JobId job) const {
  if (const auto held = held_.find(job); held != held_.end())
    return {"rollout", fmt::format("waits for wave {} of the rollout", held->second)};
  return scheduler_.why(job, now());
}

}  // namespace luolab
