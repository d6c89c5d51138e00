// SPDX-License-Identifier: Apache-2.0
#include "db/transition.h"

#include "db/column.h"
#include "db/event_writer.h"

namespace luolab {

std::optional<AttemptRow> find_attempt(const Database& database, AttemptId attempt) {
  Statement row = database.prepare(
      "SELECT job, run, attempts.state, reported, attempts.worker FROM attempts "
      "JOIN jobs ON jobs.id = job WHERE attempts.id = ?1");
  row.start(attempt.value);
  if (!row.step()) return {};
  return AttemptRow{JobId{row.integer(0)}, RunId{row.integer(1)}, enum_column<AttemptState>(row, 2),
                    row.integer(3) != 0, row.text(4)};
}

std::pair<AttemptId, std::uint32_t> start_attempt(Database& database, JobId job,
                                                  std::string_view worker,
                                                  std::string_view instance, TimePoint time) {
  Statement insert = database.prepare(
      "INSERT INTO attempts (job, number, worker, instance, scenario, state, started_ns) "
      "SELECT id, attempts + 1, ?2, ?3, scenario, 'running', ?4 FROM jobs WHERE id = ?1 "
      "RETURNING id, number");
  insert.start(job.value, worker, instance, time.time_since_epoch());
  insert.step();
  const std::pair started{AttemptId{insert.integer(0)},
                          static_cast<std::uint32_t>(insert.integer(1))};
  insert.step();
  database
      .prepare(
          "UPDATE jobs SET state = 'running', verdict = NULL, reason = '', ended_ns = NULL, "
          "attempts = ?2, worker = ?3 WHERE id = ?1")
      .run(job.value, started.second, text_value(worker));
  return started;
}

void close_attempt(Database& database, AttemptId attempt, AttemptState state,
                   const AttemptReport& report, TimePoint time) {
  database
      .prepare(
          "UPDATE attempts SET state = ?2, reported = 1, finished_ns = coalesce(finished_ns, ?3), "
          "verdict = ?4, reason = ?5, accel = ?6, wall_ns = ?7, bytes_verified = ?8, start = ?9 "
          "WHERE id = ?1")
      .run(attempt.value, enum_text(state), time.time_since_epoch(), verdict_name(report.verdict),
           report.reason, report.accel, report.wall, report.bytes_verified,
           start_point_name(report.start));
}

void abandon_attempt(Database& database, AttemptId attempt, AttemptState state,
                     std::string_view reason, TimePoint time) {
  database
      .prepare(
          "UPDATE attempts SET state = ?2, finished_ns = ?3, verdict = 'MISS', reason = ?4 "
          "WHERE id = ?1 AND state = 'running'")
      .run(attempt.value, enum_text(state), time.time_since_epoch(), reason);
  abandon_builds(database, attempt, time);
}

std::optional<StoppedAttempt> running_attempt_of(const Database& database, JobId job) {
  Statement row = database.prepare(
      "SELECT id, worker FROM attempts WHERE job = ?1 AND state = 'running' "
      "ORDER BY number DESC LIMIT 1");
  row.start(job.value);
  if (!row.step()) return {};
  return StoppedAttempt{AttemptId{row.integer(0)}, job, row.text(1)};
}

void abandon_builds(Database& database, AttemptId attempt, TimePoint time) {
  Statement row = database.prepare(
      "UPDATE fleet_builds SET state = 'failed', updated_ns = ?2, "
      "detail = 'the attempt ended before it was handed in' "
      "WHERE attempt = ?1 AND state = 'building' RETURNING key, worker");
  row.start(attempt.value, time.time_since_epoch());
  while (row.step()) {
    append_event(database, time, {.worker = row.text(1)}, "build.failed",
                 {{"key", row.text(0)}, {"attempt", attempt.value}});
  }
}

void end_job(Database& database, JobId job, JobState state, Verdict verdict,
             std::string_view reason, TimePoint time) {
  database
      .prepare("UPDATE jobs SET state = ?2, verdict = ?3, reason = ?4, ended_ns = ?5 WHERE id = ?1")
      .run(job.value, enum_text(state), verdict_name(verdict), reason, time.time_since_epoch());
}

void queue_job(Database& database, JobId job, TimePoint time) {
  database
      .prepare(
          "UPDATE jobs SET state = 'queued', verdict = NULL, reason = '', queued_ns = ?2, "
          "ended_ns = NULL WHERE id = ?1")
      .run(job.value, time.time_since_epoch());
}

bool settle_run(Database& database, RunId run, TimePoint time) {
  Statement open =
      database.prepare("SELECT 1 FROM run_counts WHERE run = ?1 AND queued = 0 AND running = 0");
  open.start(run.value);
  if (!open.step()) return false;
  database
      .prepare(
          "UPDATE runs SET state = 'done', finished_ns = ?2 "
          "WHERE id = ?1 AND service = 1 AND state = 'running'")
      .run(run.value, time.time_since_epoch());
  if (database.changes() == 0) return false;
  append_event(database, time, {.run = run}, "run.done");
  return true;
}

}  // namespace luolab
