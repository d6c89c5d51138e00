// SPDX-License-Identifier: Apache-2.0
#include "db/submission.h"

#include "core/protocol/json.h"
#include "db/column.h"
#include "db/event_writer.h"
#include "db/rollout_writer.h"
#include "db/run_row.h"
#include "db/store.h"
#include "db/transition.h"

namespace luolab {
namespace {

struct UsedKey {
  RunId run;
  std::string request_sha256;
};

std::optional<UsedKey> find_key(const Database& database, const IdempotencyKey& key) {
  Statement row =
      database.prepare("SELECT run, request_sha256 FROM idempotency WHERE token = ?1 AND key = ?2");
  row.start(key.token.value, key.key);
  if (!row.step()) return {};
  return UsedKey{RunId{row.integer(0)}, row.text(1)};
}

void keep_key(Database& database, const IdempotencyKey& key, RunId run, TimePoint time) {
  database.prepare("INSERT INTO idempotency VALUES (?1, ?2, ?3, ?4, ?5)")
      .run(key.token.value, key.key, key.request_sha256, run.value, time.time_since_epoch());
}

}  // namespace

NewJob new_job(const Job& job, const Needs& needs) {
  return {.title = job_title(job),
          .scenario = job.scenario,
          .target = job.target.name,
          .job_json = boost::json::serialize(to_json(job)),
          .needs_json = boost::json::serialize(to_json(needs)),
          .queue_timeout = job.timeouts.queue,
          .only_worker = {}};
}

RunId insert_run(Database& database, const NewRun& run, std::size_t jobs, const RunOwner& owner,
                 TimePoint time) {
  Statement insert = database.prepare(
      "INSERT INTO runs (title, source_text, submitter, command_line, state, created_ns, owner, "
      "owner_pid, priority, service, confirm, series_key, revision, job_count) "
      "VALUES (?1, ?2, ?3, ?4, 'running', ?5, ?6, ?7, ?8, ?9, ?10, ?11, "
      "CASE WHEN ?11 IS NOT NULL THEN ?12 END, ?13)");
  insert.run(run.title, run.source_text, run.submitter, run.command_line, time.time_since_epoch(),
             owner.lock, owner.pid, run.priority, owner.lock.empty(), run.confirm,
             text_value(run.series_key), run.revision, jobs);
  return RunId{database.last_row()};
}

std::vector<JobId> insert_jobs(Database& database, RunId run, int priority,
                               std::span<const NewJob> jobs, TimePoint time) {
  Statement insert = database.prepare(
      "INSERT INTO jobs (run, position, title, scenario, priority, state, reason, queued_ns, "
      "queue_timeout_ns, only_worker) VALUES (?1, ?2, ?3, ?4, ?5, 'queued', '', ?6, ?7, ?8)");
  Statement spec = database.prepare("INSERT INTO job_specs VALUES (?1, ?2, ?3)");
  std::vector<JobId> ids;
  ids.reserve(jobs.size());
  for (const NewJob& job : jobs) {
    insert.run(run.value, ids.size(), job.title, job.scenario, priority, time.time_since_epoch(),
               job.queue_timeout, text_value(job.only_worker));
    ids.push_back(JobId{database.last_row()});
    spec.run(ids.back().value, job.job_json, job.needs_json);
  }
  return ids;
}

Submitted Store::submit(const Submission& submission) {
  Transaction transaction(database_);
  const auto& key = submission.idempotency;
  if (const auto used = key ? find_key(database_, *key) : std::nullopt) {
    const bool same = used->request_sha256 == key->request_sha256;
    return {.outcome = same ? SubmitOutcome::repeated : SubmitOutcome::conflict,
            .run = used->run,
            .jobs = {},
            .queued = {}};
  }
  const NewRun& run = submission.run;
  const TimePoint time = now();
  const RunId id = insert_run(database_, run, submission.jobs.size(), {}, time);
  Submitted submitted{.outcome = SubmitOutcome::created,
                      .run = id,
                      .jobs = insert_jobs(database_, id, run.priority, submission.jobs, time),
                      .queued = time};
  insert_rollouts(database_, id, run.rollouts, submission.jobs, submitted.jobs);
  if (key) keep_key(database_, *key, id, time);
  append_event(
      database_, time, {.run = id}, "run.created",
      {{"title", run.title}, {"jobs", submission.jobs.size()}, {"submitter", run.submitter}});
  submitted.run_done = settle_run(database_, id, time);
  transaction.commit();
  return submitted;
}

}  // namespace luolab
