// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "db/column.h"
#include "db/search_index.h"
#include "db/store.h"

namespace luolab {
namespace {

/// Of `runs LEFT JOIN run_counts`.
constexpr std::string_view kSummary =
    "id, title, submitter, state, created_ns, finished_ns, job_count, queued, running, priority, "
    "service, confirm, series_key, revision, superseded_by, pinned";

std::map<Verdict, std::size_t> count_verdicts(const Database& database, std::int64_t run) {
  Statement row =
      database.prepare("SELECT verdict, count FROM run_verdicts WHERE run = ?1 AND count > 0");
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
  run.queued = static_cast<std::size_t>(row.integer(7));
  run.running = static_cast<std::size_t>(row.integer(8));
  run.priority = static_cast<int>(row.integer(9));
  run.service = row.integer(10) != 0;
  run.confirm = static_cast<std::uint32_t>(row.integer(11));
  run.series_key = row.text(12);
  run.revision = row.integer(13);
  run.superseded_by = id_column<RunId>(row, 14);
  run.pinned = row.integer(15) != 0;
  run.verdicts = count_verdicts(database, run.id.value);
  return run;
}

std::vector<RunSummary> read_summaries(const Database& database, Statement& row) {
  std::vector<RunSummary> runs;
  while (row.step()) runs.push_back(read_summary(database, row));
  return runs;
}

Error no_such_run(RunId id) {
  return scenario_error(
      fmt::format("{}: the store has no such run (`luolab list` shows them)", id_text(id)));
}

/// What gives the run's ids, newest first: the narrowest that the filter has.
std::string source_of_ids(const RunFilter& filter) {
  if (!filter.text.empty()) {
    return "(SELECT rowid AS found FROM search_runs WHERE search_runs MATCH ?5 AND "
           "(?6 IS NULL OR rowid < ?6) ORDER BY rowid DESC) CROSS JOIN runs ON id = found";
  }
  if (filter.verdict) {
    return "run_verdicts INDEXED BY run_verdicts_by_verdict CROSS JOIN runs ON id = "
           "run_verdicts.run";
  }
  if (!filter.series_key.empty()) return "runs INDEXED BY runs_by_series";
  if (!filter.submitter.empty()) return "runs INDEXED BY runs_by_submitter";
  if (filter.state == RunState::running) return "runs INDEXED BY runs_by_state";
  return "runs NOT INDEXED";
}

std::string runs_sql(const RunFilter& filter) {
  const bool by_verdict = filter.verdict && filter.text.empty();
  const std::string_view id = by_verdict ? "run_verdicts.run" : "id";
  std::string where = fmt::format("(?6 IS NULL OR {} < ?6)", id);
  if (filter.before) where = fmt::format("{} < ?6", id);
  if (filter.state == RunState::running) where += " AND state = 'running'";
  if (filter.state == RunState::done) where += " AND state = 'done'";
  if (by_verdict) where += " AND verdict = ?2";
  if (filter.verdict && !by_verdict) {
    where += " AND EXISTS (SELECT 1 FROM run_verdicts v WHERE v.run = id AND v.verdict = ?2)";
  }
  if (!filter.submitter.empty()) where += " AND submitter = ?3";
  if (!filter.series_key.empty()) where += " AND series_key = ?4";
  return fmt::format(
      "SELECT {} FROM {} LEFT JOIN run_counts ON run_counts.run = id WHERE {} ORDER BY {} DESC "
      "LIMIT ?1",
      kSummary, source_of_ids(filter), where, id);
}

}  // namespace

std::vector<RunSummary> Store::list_runs(std::size_t limit, std::optional<RunId> before) {
  const Snapshot snapshot(database_);
  Statement row =
      database_.prepare(fmt::format("SELECT {} FROM runs LEFT JOIN run_counts ON run = id "
                                    "WHERE ?1 IS NULL OR id < ?1 ORDER BY id DESC LIMIT ?2",
                                    kSummary));
  row.start(id_value(before), limit);
  return read_summaries(database_, row);
}

std::vector<RunSummary> Store::runs(const RunFilter& filter) const {
  const std::string words = search_words(filter.text, WordMatch::beginning);
  if (!filter.text.empty() && words.empty()) return {};
  const Snapshot snapshot(database_);
  Statement row = database_.prepare(runs_sql(filter));
  row.start(page_limit(filter.limit), enum_text(filter.verdict), filter.submitter,
            filter.series_key, words, id_value(filter.before));
  return read_summaries(database_, row);
}

std::optional<RunId> Store::last_run() const {
  Statement row = database_.prepare("SELECT max(id) FROM runs");
  row.step();
  return id_column<RunId>(row, 0);
}

Result<RunHead> Store::run_head(RunId id) const {
  const Snapshot snapshot(database_);
  Statement row = database_.prepare(
      fmt::format("SELECT {}, source_text, command_line FROM runs LEFT JOIN run_counts ON run = id "
                  "WHERE id = ?1",
                  kSummary));
  row.start(id.value);
  if (!row.step()) return no_such_run(id);
  return RunHead{read_summary(database_, row), row.text(16), row.text(17)};
}

Result<RunRecord> Store::run(RunId id) {
  const Snapshot snapshot(database_);
  auto head = run_head(id);
  if (!head) return head.error();
  RunRecord run;
  run.id = id;
  run.title = head->summary.title;
  run.source_text = head->source_text;
  run.submitter = head->summary.submitter;
  run.command_line = head->command_line;
  run.state = head->summary.state;
  run.created = head->summary.created;
  run.finished = head->summary.finished;
  run.jobs = read_jobs("run", id.value);
  run.rollouts = rollouts(id);
  return run;
}

}  // namespace luolab
