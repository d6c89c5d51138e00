// SPDX-License-Identifier: Apache-2.0
#include <array>

#include <fmt/format.h>

#include "core/protocol/json.h"
#include "db/attempt_row.h"
#include "db/column.h"
#include "db/report_reader.h"
#include "db/store.h"

namespace luolab {
namespace {

constexpr std::string_view kSummary =
    "id, run, position, title, scenario, priority, state, verdict, reason, attempts, worker, "
    "queued_ns, ended_ns";

JobSummary read_summary(const Statement& row) {
  JobSummary job;
  job.id = JobId{row.integer(0)};
  job.run = RunId{row.integer(1)};
  job.position = static_cast<std::size_t>(row.integer(2));
  job.title = row.text(3);
  job.scenario = row.text(4);
  job.priority = static_cast<int>(row.integer(5));
  job.state = enum_column<JobState>(row, 6);
  if (!row.is_null(7)) job.verdict = verdict_column(row, 7);
  job.reason = row.text(8);
  job.attempts = static_cast<std::uint32_t>(row.integer(9));
  job.worker = row.text(10);
  job.queued = time_column(row, 11);
  job.ended = time_column(row, 12);
  return job;
}

Job job_column(const Statement& row, int column, JobId id) {
  auto job = from_json<Job>(row.text(column));
  if (job) return std::move(*job);
  throw SqliteError(SqliteFault::corrupt, fmt::format("{}: the stored job can't be read: {}",
                                                      id_text(id), job.error().what));
}

/// The report of the job's last attempt; empty where that did not finish.
std::optional<AttemptReport> last_report(const Database& database, JobId job) {
  Statement row = database.prepare(
      "SELECT id FROM attempts WHERE job = ?1 AND state IN ('done', 'canceled') AND number = "
      "(SELECT attempts FROM jobs WHERE id = ?1)");
  row.start(job.value);
  if (!row.step()) return {};
  return read_report(database, AttemptId{row.integer(0)});
}

JobRecord read_job(const Database& database, const Statement& row) {
  const JobSummary summary = read_summary(row);
  JobRecord record;
  record.id = summary.id;
  record.run = summary.run;
  record.title = summary.title;
  record.priority = summary.priority;
  record.state = summary.state;
  record.verdict = summary.verdict;
  record.reason = summary.reason;
  record.job = job_column(row, 13, record.id);
  record.attempts = summary.attempts;
  record.report = last_report(database, record.id);
  return record;
}

Error no_such_job(JobId id) {
  return scenario_error(
      fmt::format("{}: the store has no such job (`luolab show RUN` shows them)", id_text(id)));
}

/// One way to find the jobs of a filter: an index, and what it is asked.
struct Way {
  std::string_view index;
  std::string_view where;
  bool possible;
};

/// ?1 run, ?2 state, ?3 verdict, ?4 scenario, ?5 worker. The two of one pair before the single one.
std::array<Way, 7> ways(const JobFilter& filter) {
  const bool by_scenario = !filter.scenario.empty();
  return {{{"jobs_by_run_verdict", "run = ?1 AND verdict = ?3", filter.run && filter.verdict},
           {"jobs_by_run_state", "run = ?1 AND state = ?2", filter.run && filter.state},
           {"jobs_by_scenario_verdict", "scenario = ?4 AND verdict = ?3",
            by_scenario && filter.verdict},
           {"jobs_by_verdict", "verdict = ?3", filter.verdict && !filter.run && !by_scenario},
           {"jobs_by_state", "state = ?2", filter.state && !filter.run},
           {"jobs_by_worker", "worker = ?5", !filter.worker.empty()},
           {"jobs_by_scenario", "scenario = ?4", by_scenario && !filter.verdict}}};
}

void bind_filter(Statement& row, const JobFilter& filter, std::size_t limit) {
  row.start(id_value(filter.run), enum_text(filter.state), enum_text(filter.verdict),
            filter.scenario, filter.worker, limit, id_value(filter.before));
}

/// How many rows the way leads to, counted no further than `most`.
std::int64_t width(const Database& database, const JobFilter& filter, const Way& way,
                   std::size_t most) {
  Statement row = database.prepare(
      fmt::format("SELECT count(*) FROM (SELECT 1 FROM jobs INDEXED BY {} WHERE {} LIMIT ?6) "
                  "WHERE ?7 IS NULL OR 1",
                  way.index, way.where));
  bind_filter(row, filter, most);
  return row.step() ? row.integer(0) : 0;
}

/// The way with the fewest rows, as an INDEXED BY; counting costs less than going a wrong way.
std::string narrowest(const Database& database, const JobFilter& filter) {
  constexpr std::size_t kWide = 5000;
  std::string best;
  std::int64_t fewest = kWide + 1;
  for (const Way& way : ways(filter)) {
    if (!way.possible) continue;
    const std::int64_t rows = width(database, filter, way, kWide);
    if (rows >= fewest) continue;
    fewest = rows;
    best = fmt::format("INDEXED BY {}", way.index);
  }
  return best;
}

std::string jobs_sql(const Database& database, const JobFilter& filter) {
  std::string where = filter.before ? "id < ?7" : "(?7 IS NULL OR id < ?7)";
  if (filter.run) where += " AND run = ?1";
  if (filter.state) where += " AND state = ?2";
  if (filter.verdict) where += " AND verdict = ?3";
  if (!filter.scenario.empty()) where += " AND scenario = ?4";
  if (!filter.worker.empty()) where += " AND worker = ?5";
  const std::string index = narrowest(database, filter);
  return fmt::format("SELECT {} FROM jobs {} WHERE {} ORDER BY {} DESC LIMIT ?6", kSummary, index,
                     where, index.empty() && filter.run ? "position" : "id");
}

}  // namespace

std::vector<JobSummary> Store::jobs(const JobFilter& filter) const {
  const Snapshot snapshot(database_);
  Statement row = database_.prepare(jobs_sql(database_, filter));
  bind_filter(row, filter, page_limit(filter.limit));
  std::vector<JobSummary> jobs;
  while (row.step()) jobs.push_back(read_summary(row));
  return jobs;
}

std::vector<JobRecord> Store::read_jobs(std::string_view where, std::int64_t id) const {
  Statement row = database_.prepare(
      fmt::format("SELECT {}, job_json FROM jobs JOIN job_specs ON job = id WHERE {} = ?1 "
                  "ORDER BY position",
                  kSummary, where));
  row.start(id);
  std::vector<JobRecord> jobs;
  while (row.step()) jobs.push_back(read_job(database_, row));
  return jobs;
}

Result<JobRecord> Store::job(JobId id) {
  const Snapshot snapshot(database_);
  std::vector<JobRecord> jobs = read_jobs("id", id.value);
  if (jobs.empty()) return no_such_job(id);
  return std::move(jobs.front());
}

Result<JobSummary> Store::job_summary(JobId id) const {
  Statement row = database_.prepare(fmt::format("SELECT {} FROM jobs WHERE id = ?1", kSummary));
  row.start(id.value);
  if (!row.step()) return no_such_job(id);
  return read_summary(row);
}

}  // namespace luolab
