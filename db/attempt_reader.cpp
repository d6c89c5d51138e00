// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "db/attempt_row.h"
#include "db/column.h"
#include "db/report_reader.h"
#include "db/store.h"

namespace luolab {
namespace {

/// Of `attempts` and `jobs`.
constexpr std::string_view kSummary =
    "attempts.id, number, job, run, title, attempts.scenario, attempts.worker, instance, "
    "attempts.state, attempts.verdict, attempts.reason, started_ns, finished_ns, start, accel, "
    "wall_ns, bytes_verified";

AttemptSummary read_summary(const Statement& row) {
  AttemptSummary attempt;
  attempt.id = AttemptId{row.integer(0)};
  attempt.number = static_cast<std::uint32_t>(row.integer(1));
  attempt.job = JobId{row.integer(2)};
  attempt.run = RunId{row.integer(3)};
  attempt.job_title = row.text(4);
  attempt.scenario = row.text(5);
  attempt.worker = row.text(6);
  attempt.instance = row.text(7);
  attempt.state = enum_column<AttemptState>(row, 8);
  if (!row.is_null(9)) attempt.verdict = verdict_column(row, 9);
  attempt.reason = row.text(10);
  attempt.started = TimePoint{row.duration(11)};
  attempt.finished = time_column(row, 12);
  attempt.start = parse_start_point(row.text(13)).value_or(StartPoint::power_on);
  attempt.accel = row.text(14);
  attempt.wall = row.duration(15);
  attempt.bytes_verified = row.bits(16);
  return attempt;
}

std::vector<AttemptSummary> read_summaries(Statement& row) {
  std::vector<AttemptSummary> attempts;
  while (row.step()) attempts.push_back(read_summary(row));
  return attempts;
}

/// What gives the attempts newest first.
std::string_view driving_index(const AttemptFilter& filter) {
  if (filter.job) return "";  // UNIQUE (job, number): few rows
  if (filter.state && *filter.state != AttemptState::done) return "INDEXED BY attempts_not_done";
  return filter.worker.empty() ? "NOT INDEXED" : "INDEXED BY attempts_by_worker";
}

std::string attempts_sql(const AttemptFilter& filter) {
  std::string where = filter.before ? "attempts.id < ?4" : "(?4 IS NULL OR attempts.id < ?4)";
  if (filter.job) where += " AND job = ?1";
  if (filter.state) {
    where += fmt::format(" AND attempts.state = '{}'", enum_text(*filter.state));
    // In the index's own words: that the one follows from the other, SQLite does not see.
    if (*filter.state != AttemptState::done) where += " AND attempts.state <> 'done'";
  }
  if (!filter.worker.empty()) where += " AND attempts.worker = ?3";
  return fmt::format(
      "SELECT {} FROM attempts {} CROSS JOIN jobs ON jobs.id = job WHERE {} "
      "ORDER BY attempts.id DESC LIMIT ?2",
      kSummary, driving_index(filter), where);
}

}  // namespace

std::vector<AttemptSummary> Store::attempts(const AttemptFilter& filter) const {
  Statement row = database_.prepare(attempts_sql(filter));
  row.start(id_value(filter.job), page_limit(filter.limit), filter.worker, id_value(filter.before));
  return read_summaries(row);
}

std::vector<AttemptSummary> Store::attempts_of(JobId job) const {
  Statement row = database_.prepare(fmt::format(
      "SELECT {} FROM attempts JOIN jobs ON jobs.id = job WHERE job = ?1 ORDER BY number",
      kSummary));
  row.start(job.value);
  return read_summaries(row);
}

Result<AttemptRecord> Store::attempt(AttemptId id) const {
  const Snapshot snapshot(database_);
  Statement row = database_.prepare(fmt::format(
      "SELECT {} FROM attempts JOIN jobs ON jobs.id = job WHERE attempts.id = ?1", kSummary));
  row.start(id.value);
  if (!row.step()) {
    return scenario_error(fmt::format("attempt {}: the store has no such attempt", id.value));
  }
  return AttemptRecord{read_summary(row), read_report(database_, id)};
}

std::vector<ArtifactUse> Store::artifact_uses(std::string_view sha256, std::size_t limit) const {
  Statement row = database_.prepare(
      "SELECT attempt, job, run, name, size_bytes, expired FROM artifacts INDEXED BY "
      "artifacts_by_digest CROSS JOIN attempts ON attempts.id = attempt "
      "CROSS JOIN jobs ON jobs.id = job WHERE sha256 = ?1 ORDER BY attempt DESC LIMIT ?2");
  row.start(sha256, page_limit(limit));
  std::vector<ArtifactUse> uses;
  while (row.step()) {
    uses.push_back({AttemptId{row.integer(0)}, JobId{row.integer(1)}, RunId{row.integer(2)},
                    row.text(3), row.bits(4), row.integer(5) != 0});
  }
  return uses;
}

std::optional<AttemptReport> read_report(const Database& database, AttemptId attempt) {
  Statement row = database.prepare(
      "SELECT verdict, reason, worker, accel, wall_ns, bytes_verified, start FROM attempts "
      "WHERE id = ?1 AND reported = 1");
  row.start(attempt.value);
  if (!row.step()) return {};
  AttemptReport report;
  report.verdict = verdict_column(row, 0);
  report.reason = row.text(1);
  report.worker = row.text(2);
  report.accel = row.text(3);
  report.wall = row.duration(4);
  report.bytes_verified = row.bits(5);
  report.start = parse_start_point(row.text(6)).value_or(StartPoint::power_on);
  read_report_rows(database, attempt, report);
  return report;
}

}  // namespace luolab
