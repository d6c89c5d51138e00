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

/// A kernel as `job_kernels` has it.
struct Kernel {
  std::string_view named_by;
  std::int64_t id = 0;
};

/// Empty: no build has that key or title.
std::optional<Kernel> find_kernel(const Database& database, const std::string& name) {
  for (const auto& [named_by, column] : {std::pair("key", "digest"), std::pair("title", "title")}) {
    Statement row =
        database.prepare(fmt::format("SELECT min(id) FROM builds WHERE {} = ?1", column));
    row.start(name);
    if (row.step() && !row.is_null(0)) return Kernel{named_by, row.integer(0)};
  }
  return {};
}

/// ?8, ?9: the kernel, where one is asked for.
constexpr std::string_view kKernel = "named_by = ?8 AND kernel = ?9";

/// What is asked for; its parameters are bound alike in all questions.
struct Question {
  const JobFilter& filter;
  std::optional<Kernel> kernel;

  void bind(Statement& row, std::size_t limit) const {
    const auto run = id_value(filter.run), before = id_value(filter.before);
    const auto state = enum_text(filter.state), verdict = enum_text(filter.verdict);
    if (kernel) {
      row.start(run, state, verdict, filter.scenario, filter.worker, limit, before,
                kernel->named_by, kernel->id);
    } else {
      row.start(run, state, verdict, filter.scenario, filter.worker, limit, before);
    }
  }
  /// A condition that is always true, and names the last parameter: all that is bound must be
  /// named.
  std::string_view always() const { return kernel ? "(?9 IS NULL OR 1)" : "(?7 IS NULL OR 1)"; }
};

/// How many rows the way leads to, counted no further than `most`.
std::int64_t width(const Database& database, const Question& question, std::string_view table,
                   const Way& way, std::size_t most) {
  Statement row = database.prepare(
      fmt::format("SELECT count(*) FROM (SELECT 1 FROM {} INDEXED BY {} WHERE {} LIMIT ?6) "
                  "WHERE {}",
                  table, way.index, way.where, question.always()));
  question.bind(row, most);
  return row.step() ? row.integer(0) : 0;
}

constexpr Way kByKernel{"job_kernels_by_kernel", kKernel, true};

/// The way with the fewest rows, as an INDEXED BY; counting costs less than going a wrong way.
/// Empty: there is none that is narrow, or none that is narrower than the kernel's.
std::string narrowest(const Database& database, const Question& question) {
  constexpr std::size_t kWide = 5000;
  std::string best;
  std::int64_t fewest = kWide + 1;
  if (question.kernel) fewest = width(database, question, "job_kernels", kByKernel, kWide);
  for (const Way& way : ways(question.filter)) {
    if (!way.possible) continue;
    const std::int64_t rows = width(database, question, "jobs", way, kWide);
    if (rows >= fewest) continue;
    fewest = rows;
    best = fmt::format("INDEXED BY {}", way.index);
  }
  return best;
}

std::string jobs_sql(const Database& database, const Question& question) {
  const JobFilter& filter = question.filter;
  const std::string index = narrowest(database, question);
  const bool by_kernel = question.kernel && index.empty();
  const std::string id = by_kernel ? "job" : "id";  // the one that is walked along
  std::string where = id + " < ?7";
  if (!filter.before) where = fmt::format("(?7 IS NULL OR {})", where);
  if (filter.run) where += " AND run = ?1";
  if (filter.state) where += " AND state = ?2";
  if (filter.verdict) where += " AND verdict = ?3";
  if (!filter.scenario.empty()) where += " AND scenario = ?4";
  if (!filter.worker.empty()) where += " AND worker = ?5";
  if (by_kernel) {
    return fmt::format(
        "SELECT {} FROM job_kernels INDEXED BY {} CROSS JOIN jobs ON id = job WHERE {} AND {} "
        "ORDER BY job DESC LIMIT ?6",
        kSummary, kByKernel.index, kKernel, where);
  }
  if (question.kernel)
    where += fmt::format(" AND EXISTS (SELECT 1 FROM job_kernels WHERE job = id AND {})", kKernel);
  return fmt::format("SELECT {} FROM jobs {} WHERE {} ORDER BY {} DESC LIMIT ?6", kSummary, index,
                     where, index.empty() && filter.run ? "position" : "id");
}

}  // namespace

std::vector<JobSummary> Store::jobs(const JobFilter& filter) const {
  const Snapshot snapshot(database_);
  Question question{filter, {}};
  if (!filter.kernel.empty()) {
    question.kernel = find_kernel(database_, filter.kernel);
    if (!question.kernel) return {};
  }
  Statement row = database_.prepare(jobs_sql(database_, question));
  question.bind(row, page_limit(filter.limit));
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
