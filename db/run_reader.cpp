// SPDX-License-Identifier: Apache-2.0
#include <boost/describe/enum_from_string.hpp>
#include <fmt/format.h>

#include "core/protocol/json.h"
#include "db/report_reader.h"
#include "db/store.h"

namespace luolab {
namespace {

template <class Enum>
Enum enum_column(const Statement& row, int column) {
  Enum value{};
  boost::describe::enum_from_string(row.text(column).c_str(), value);
  return value;
}

std::optional<TimePoint> time_column(const Statement& row, int column) {
  return row.is_null(column) ? std::nullopt : std::optional(TimePoint{row.duration(column)});
}

std::map<Verdict, std::size_t> count_verdicts(const Database& database, std::int64_t run) {
  Statement row = database.prepare(
      "SELECT verdict, count(*) FROM jobs WHERE run = ?1 AND verdict IS NOT NULL GROUP BY verdict");
  row.start(run);
  std::map<Verdict, std::size_t> counts;
  while (row.step()) counts[verdict_column(row, 0)] = static_cast<std::size_t>(row.integer(1));
  return counts;
}

RunSummary read_summary(const Database& database, const Statement& row) {
  RunSummary run;
  run.id = RunId{row.integer(0)};
  run.title = row.text(1);
  run.submitter = row.text(2);
  run.state = enum_column<RunState>(row, 3);
  run.created = TimePoint{row.duration(4)};
  run.finished = time_column(row, 5);
  run.jobs = static_cast<std::size_t>(row.integer(6));
  run.verdicts = count_verdicts(database, run.id.value);
  return run;
}

/// The report of the job's last attempt; empty where that did not finish.
std::optional<AttemptReport> last_report(const Database& database, JobId job) {
  Statement row = database.prepare(
      "SELECT id, state, verdict, reason, worker, accel, wall_ns, bytes_verified, start "
      "FROM attempts "
      "WHERE job = ?1 ORDER BY number DESC LIMIT 1");
  row.start(job.value);
  if (!row.step() || row.text(1) != "done") return {};
  AttemptReport report;
  report.verdict = verdict_column(row, 2);
  report.reason = row.text(3);
  report.worker = row.text(4);
  report.accel = row.text(5);
  report.wall = row.duration(6);
  report.bytes_verified = row.bits(7);
  report.start = parse_start_point(row.text(8)).value_or(StartPoint::power_on);
  read_report_rows(database, AttemptId{row.integer(0)}, report);
  return report;
}

Job job_column(const Statement& row, int column, JobId id) {
  auto job = from_json<Job>(row.text(column));
  if (job) return std::move(*job);
  throw SqliteError(SqliteFault::corrupt, fmt::format("{}: the stored job can't be read: {}",
                                                      id_text(id), job.error().what));
}

JobRecord read_job(const Database& database, const Statement& row) {
  JobRecord record;
  record.id = JobId{row.integer(0)};
  record.run = RunId{row.integer(1)};
  record.title = row.text(2);
  record.priority = static_cast<int>(row.integer(3));
  record.state = enum_column<JobState>(row, 4);
  if (!row.is_null(5)) record.verdict = verdict_column(row, 5);
  record.reason = row.text(6);
  record.job = job_column(row, 7, record.id);
  record.attempts = static_cast<std::uint32_t>(row.integer(8));
  record.report = last_report(database, record.id);
  return record;
}

}  // namespace

std::vector<JobRecord> Store::read_jobs(std::string_view where, std::int64_t id) const {
  Statement row = database_.prepare(
      fmt::format("SELECT id, run, title, priority, state, verdict, reason, job_json, "
                  "(SELECT count(*) FROM attempts WHERE job = jobs.id) FROM jobs WHERE {} = ?1 "
                  "ORDER BY position",
                  where));
  row.start(id);
  std::vector<JobRecord> jobs;
  while (row.step()) jobs.push_back(read_job(database_, row));
  return jobs;
}

std::vector<RunSummary> Store::list_runs(std::size_t limit, std::optional<RunId> before) {
  const Snapshot snapshot(database_);
  Statement row = database_.prepare(
      "SELECT id, title, submitter, state, created_ns, finished_ns, "
      "(SELECT count(*) FROM jobs WHERE run = runs.id) FROM runs "
      "WHERE ?1 IS NULL OR id < ?1 ORDER BY id DESC LIMIT ?2");
  row.start(before ? std::optional(before->value) : std::nullopt, limit);
  std::vector<RunSummary> runs;
  while (row.step()) runs.push_back(read_summary(database_, row));
  return runs;
}

std::optional<RunId> Store::last_run() const {
  Statement row = database_.prepare("SELECT max(id) FROM runs");
  row.step();
  return row.is_null(0) ? std::nullopt : std::optional(RunId{row.integer(0)});
}

Result<RunRecord> Store::run(RunId id) {
  const Snapshot snapshot(database_);
  Statement row = database_.prepare(
      "SELECT title, source_text, submitter, command_line, state, created_ns, finished_ns "
      "FROM runs WHERE id = ?1");
  row.start(id.value);
  if (!row.step()) {
    return scenario_error(
        fmt::format("{}: the store has no such run (`luolab list` shows them)", id_text(id)));
  }
  RunRecord run;
  run.id = id;
  run.title = row.text(0);
  run.source_text = row.text(1);
  run.submitter = row.text(2);
  run.command_line = row.text(3);
  run.state = enum_column<RunState>(row, 4);
  run.created = TimePoint{row.duration(5)};
  run.finished = time_column(row, 6);
  run.jobs = read_jobs("run", id.value);
  return run;
}

Result<JobRecord> Store::job(JobId id) {
  const Snapshot snapshot(database_);
  std::vector<JobRecord> jobs = read_jobs("id", id.value);
  if (jobs.empty()) {
    return scenario_error(
        fmt::format("{}: the store has no such job (`luolab show RUN` shows them)", id_text(id)));
  }
  return std::move(jobs.front());
}

}  // namespace luolab
