// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "db/column.h"
#include "db/event_writer.h"
#include "db/rollout_writer.h"
#include "db/store.h"
#include "db/transition.h"

namespace luolab {
namespace {

std::optional<RunId> run_of_open_job(const Database& database, JobId job) {
  Statement row =
      database.prepare("SELECT run FROM jobs WHERE id = ?1 AND state IN ('queued', 'running')");
  row.start(job.value);
  return row.step() ? std::optional(RunId{row.integer(0)}) : std::nullopt;
}

std::vector<JobId> open_jobs(const Database& database, RunId run, std::size_t most) {
  Statement row = database.prepare(
      "SELECT id FROM jobs INDEXED BY jobs_by_run_state "
      "WHERE run = ?1 AND state IN ('queued', 'running') LIMIT ?2");
  row.start(run.value, most);
  std::vector<JobId> jobs;
  while (row.step()) jobs.push_back(JobId{row.integer(0)});
  return jobs;
}

bool is_running_service_run(const Database& database, RunId run) {
  Statement row =
      database.prepare("SELECT 1 FROM runs WHERE id = ?1 AND service = 1 AND state = 'running'");
  row.start(run.value);
  return row.step();
}

std::vector<RunId> older_revisions(const Database& database, std::string_view series_key,
                                   std::int64_t revision) {
  Statement row = database.prepare(
      "SELECT id FROM runs WHERE series_key = ?1 AND revision < ?2 AND service = 1 "
      "AND state = 'running' ORDER BY id");
  row.start(series_key, revision);
  std::vector<RunId> runs;
  while (row.step()) runs.push_back(RunId{row.integer(0)});
  return runs;
}

void cancel_one(Database& database, RunId run, JobId job, std::string_view reason, TimePoint time,
                Cancellation& canceled) {
  std::string worker;
  if (auto attempt = running_attempt_of(database, job)) {
    abandon_attempt(database, attempt->attempt, AttemptState::canceled, reason, time);
    worker = attempt->worker;
    canceled.attempts.push_back(std::move(*attempt));
  }
  end_job(database, job, JobState::canceled, Verdict::MISS, reason, time);
  append_event(database, time, {run, job, worker}, "job.canceled", {{"reason", reason}});
  canceled.jobs.push_back(job);
}

/// At most `most` jobs of the run; says whether there are more.
void cancel_some(Database& database, RunId run, std::string_view reason, std::size_t most,
                 Cancellation& canceled) {
  const TimePoint time = now();
  stop_rollouts(database, run, reason);
  const std::vector<JobId> jobs = open_jobs(database, run, most);
  for (const JobId job : jobs) cancel_one(database, run, job, reason, time, canceled);
  if (jobs.size() == most && !open_jobs(database, run, 1).empty()) canceled.more = true;
  if (settle_run(database, run, time)) canceled.runs.push_back(run);
}

}  // namespace

Cancellation Store::stop_job(JobId job, std::string_view reason) {
  Transaction transaction(database_);
  Cancellation canceled;
  const auto run = run_of_open_job(database_, job);
  if (!run) return canceled;
  const TimePoint time = now();
  cancel_one(database_, *run, job, reason, time, canceled);
  canceled.rollout = advance_rollout(database_, job, time);
  if (settle_run(database_, *run, time)) canceled.runs.push_back(*run);
  transaction.commit();
  return canceled;
}

Cancellation Store::cancel_run(RunId run, std::string_view reason, std::size_t most_jobs) {
  Transaction transaction(database_);
  Cancellation canceled;
  if (!is_running_service_run(database_, run)) return canceled;
  append_event(database_, now(), {.run = run}, "run.canceled", {{"reason", reason}});
  cancel_some(database_, run, reason, most_jobs, canceled);
  transaction.commit();
  return canceled;
}

Cancellation Store::supersede(std::string_view series_key, std::int64_t revision, RunId by,
                              std::size_t most_jobs) {
  Transaction transaction(database_);
  const std::string reason = fmt::format("superseded by run {}", id_text(by));
  Cancellation canceled;
  for (const RunId run : older_revisions(database_, series_key, revision)) {
    if (run == by) continue;
    if (canceled.jobs.size() >= most_jobs) {
      canceled.more = true;
      break;
    }
    database_.prepare("UPDATE runs SET superseded_by = ?2 WHERE id = ?1").run(run.value, by.value);
    append_event(database_, now(), {.run = run}, "run.superseded", {{"by", by.value}});
    cancel_some(database_, run, reason, most_jobs - canceled.jobs.size(), canceled);
  }
  transaction.commit();
  return canceled;
}

}  // namespace luolab
