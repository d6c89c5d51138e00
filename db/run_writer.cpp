// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "core/protocol/json.h"
#include "db/event_writer.h"
#include "db/report_writer.h"
#include "db/store.h"

namespace luolab {
namespace {

constexpr int kOrdinaryPriority = 50;

/// The job and run of an attempt that may still finish.
struct LiveAttempt {
  JobId job;
  RunId run;
  std::int64_t number = 0;
};

std::optional<LiveAttempt> find_live(const Database& database, AttemptId attempt) {
  Statement row = database.prepare(
      "SELECT job, run, number FROM attempts JOIN jobs ON jobs.id = job "
      "WHERE attempts.id = ?1 AND attempts.state = 'running'");
  row.start(attempt.value);
  if (!row.step()) return {};
  return LiveAttempt{JobId{row.integer(0)}, RunId{row.integer(1)}, row.integer(2)};
}

std::int64_t insert_run(Database& database, const NewRun& run, const Owner& owner, TimePoint time) {
  database
      .prepare(
          "INSERT INTO runs (title, source_text, submitter, command_line, state, created_ns, "
          "owner, owner_pid) VALUES (?1, ?2, ?3, ?4, 'running', ?5, ?6, ?7)")
      .run(run.title, run.source_text, run.submitter, run.command_line, time.time_since_epoch(),
           owner.name(), ::getpid());
  return database.last_row();
}

std::vector<JobId> insert_jobs(Database& database, std::int64_t run, std::span<const Job> jobs) {
  Statement insert = database.prepare(
      "INSERT INTO jobs (run, position, title, scenario, priority, state, reason, job_json) "
      "VALUES (?1, ?2, ?3, ?4, ?5, 'queued', '', ?6)");
  std::vector<JobId> ids;
  for (const Job& job : jobs) {
    insert.run(run, ids.size(), job_title(job), job.scenario, kOrdinaryPriority,
               boost::json::serialize(to_json(job)));
    ids.push_back(JobId{database.last_row()});
  }
  return ids;
}

struct JobRow {
  RunId run;
  std::string state;
};

std::optional<JobRow> find_job(const Database& database, JobId job) {
  Statement row = database.prepare("SELECT run, state FROM jobs WHERE id = ?1");
  row.start(job.value);
  if (!row.step()) return {};
  return JobRow{RunId{row.integer(0)}, row.text(1)};
}

std::int64_t insert_attempt(Database& database, JobId job, std::string_view worker,
                            TimePoint time) {
  database
      .prepare(
          "INSERT INTO attempts (job, number, worker, state, started_ns) "
          "SELECT ?1, 1 + count(*), ?2, 'running', ?3 FROM attempts WHERE job = ?1")
      .run(job.value, worker, time.time_since_epoch());
  return database.last_row();
}

void end_attempt(Database& database, AttemptId attempt, const AttemptReport& report,
                 TimePoint time) {
  database
      .prepare(
          "UPDATE attempts SET state = 'done', finished_ns = ?2, verdict = ?3, reason = ?4, "
          "worker = CASE ?5 WHEN '' THEN worker ELSE ?5 END, accel = ?6, wall_ns = ?7, "
          "bytes_verified = ?8, start = ?9 WHERE id = ?1")
      .run(attempt.value, time.time_since_epoch(), verdict_name(report.verdict), report.reason,
           report.worker, report.accel, report.wall, report.bytes_verified,
           start_point_name(report.start));
}

}  // namespace

CreatedRun Store::create_run(const NewRun& run, std::span<const Job> jobs) {
  const Owner& own = owner();
  Transaction transaction(database_);
  const TimePoint time = now();
  const std::int64_t id = insert_run(database_, run, own, time);
  CreatedRun created{RunId{id}, insert_jobs(database_, id, jobs)};
  append_event(database_, time, created.id, {}, "run.created",
               {{"title", run.title}, {"jobs", created.jobs.size()}});
  transaction.commit();
  return created;
}

Result<AttemptId> Store::begin_attempt(JobId job, std::string_view worker) {
  Transaction transaction(database_);
  const auto row = find_job(database_, job);
  if (!row) return bug_error(fmt::format("{}: the store has no such job", id_text(job)));
  if (row->state == "canceled") {
    return canceled_error(fmt::format("{}: the job was canceled", id_text(job)));
  }
  const TimePoint time = now();
  database_
      .prepare(
          "UPDATE attempts SET state = 'fenced', finished_ns = ?2 "
          "WHERE job = ?1 AND state = 'running'")
      .run(job.value, time.time_since_epoch());
  const std::int64_t attempt = insert_attempt(database_, job, worker, time);
  database_.prepare("UPDATE jobs SET state = 'running', verdict = NULL, reason = '' WHERE id = ?1")
      .run(job.value);
  append_event(database_, time, row->run, job, "job.started",
               {{"attempt", attempt}, {"worker", worker}});
  transaction.commit();
  return AttemptId{attempt};
}

bool Store::finish_attempt(AttemptId attempt, const AttemptReport& report) {
  Transaction transaction(database_);
  const auto live = find_live(database_, attempt);
  if (!live) return false;
  const TimePoint time = now();
  write_report_rows(database_, attempt, report, time);
  end_attempt(database_, attempt, report, time);
  const std::string_view verdict = verdict_name(report.verdict);
  database_.prepare("UPDATE jobs SET state = 'done', verdict = ?2, reason = ?3 WHERE id = ?1")
      .run(live->job.value, verdict, report.reason);
  append_event(database_, time, live->run, live->job, "job.done",
               {{"attempt", attempt.value}, {"verdict", verdict}, {"reason", report.reason}});
  transaction.commit();
  return true;
}

bool Store::cancel_job(JobId job, std::string_view reason) {
  Transaction transaction(database_);
  const TimePoint time = now();
  database_
      .prepare(
          "UPDATE jobs SET state = 'canceled', verdict = 'MISS', reason = ?2 "
          "WHERE id = ?1 AND state IN ('queued', 'running')")
      .run(job.value, reason);
  if (database_.changes() == 0) return false;
  database_
      .prepare(
          "UPDATE attempts SET state = 'canceled', finished_ns = ?2, verdict = 'MISS', "
          "reason = ?3 WHERE job = ?1 AND state = 'running'")
      .run(job.value, time.time_since_epoch(), reason);
  append_event(database_, time, find_job(database_, job)->run, job, "job.canceled",
               {{"reason", reason}});
  transaction.commit();
  return true;
}

}  // namespace luolab
