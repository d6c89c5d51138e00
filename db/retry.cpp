// SPDX-License-Identifier: Apache-2.0
#include "db/column.h"
#include "db/event_writer.h"
#include "db/rollout_writer.h"
#include "db/store.h"
#include "db/transition.h"

namespace luolab {
namespace {

/// What says something about the kernel needs no other try unless it is asked for.
const std::set<Verdict>& worth_another_try() {
  static const std::set<Verdict> verdicts{Verdict::FAIL, Verdict::ERROR, Verdict::MISS};
  return verdicts;
}

std::optional<RunId> run_of_ended_job(const Database& database, JobId job) {
  Statement row = database.prepare(
      "SELECT run FROM jobs JOIN runs ON runs.id = run "
      "WHERE jobs.id = ?1 AND jobs.state IN ('done', 'canceled') AND service = 1");
  row.start(job.value);
  return row.step() ? std::optional(RunId{row.integer(0)}) : std::nullopt;
}

std::vector<JobId> jobs_with(const Database& database, RunId run, Verdict verdict) {
  Statement row = database.prepare(
      "SELECT jobs.id FROM jobs INDEXED BY jobs_by_run_verdict JOIN runs ON runs.id = run "
      "WHERE run = ?1 AND verdict = ?2 AND service = 1 ORDER BY jobs.id");
  row.start(run.value, verdict_name(verdict));
  std::vector<JobId> jobs;
  while (row.step()) jobs.push_back(JobId{row.integer(0)});
  return jobs;
}

void reopen_run(Database& database, RunId run, TimePoint time) {
  database
      .prepare(
          "UPDATE runs SET state = 'running', finished_ns = NULL WHERE id = ?1 AND state = "
          "'done'")
      .run(run.value);
  if (database.changes() > 0) append_event(database, time, {.run = run}, "run.reopened");
}

void retry(Database& database, RunId run, JobId job, TimePoint time) {
  queue_job(database, job, time);
  append_event(database, time, {.run = run, .job = job}, "job.retried");
}

}  // namespace

std::optional<QueuedJob> Store::retry_job(JobId job) {
  Transaction transaction(database_);
  const auto run = run_of_ended_job(database_, job);
  if (!run) return {};
  const TimePoint time = now();
  reopen_run(database_, *run, time);
  retry(database_, *run, job, time);
  reopen_rollouts(database_, *run);
  auto queued = queued_job(job);
  transaction.commit();
  return queued;
}

std::vector<QueuedJob> Store::retry_run(RunId run, const std::set<Verdict>& verdicts) {
  Transaction transaction(database_);
  const TimePoint time = now();
  std::vector<JobId> jobs;
  for (const Verdict verdict : verdicts.empty() ? worth_another_try() : verdicts) {
    for (const JobId job : jobs_with(database_, run, verdict)) {
      if (jobs.empty()) reopen_run(database_, run, time);
      retry(database_, run, job, time);
      jobs.push_back(job);
    }
  }
  reopen_rollouts(database_, run);
  std::vector<QueuedJob> queued;
  for (const JobId job : jobs) queued.push_back(queued_job(job).value());
  transaction.commit();
  return queued;
}

TimePoint Store::last_retry(JobId job) const {
  Statement row = database_.prepare(
      "SELECT coalesce(max(time_ns), 0) FROM events WHERE job = ?1 AND kind = 'job.retried'");
  row.start(job.value);
  row.step();
  return TimePoint{row.duration(0)};
}

}  // namespace luolab
