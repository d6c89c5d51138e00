// SPDX-License-Identifier: Apache-2.0
#include "db/retention.h"

#include <fmt/format.h>

#include "db/column.h"
#include "db/event_writer.h"
#include "db/store.h"

namespace luolab {
namespace {

/// Of a row of `runs`: nothing speaks against forgetting it.
constexpr std::string_view kExpired =
    "state = 'done' AND pinned = 0 AND NOT EXISTS (SELECT 1 FROM run_verdicts "
    "WHERE run_verdicts.run = runs.id AND verdict = 'FAIL' AND count > 0)";

constexpr std::string_view kHasFiles =
    "EXISTS (SELECT 1 FROM jobs CROSS JOIN attempts ON attempts.job = jobs.id "
    "CROSS JOIN artifacts ON attempt = attempts.id WHERE jobs.run = runs.id AND expired = 0)";

bool is_expired(const Database& database, RunId run) {
  Statement row =
      database.prepare(fmt::format("SELECT 1 FROM runs WHERE id = ?1 AND {}", kExpired));
  row.start(run.value);
  return row.step();
}

std::vector<std::int64_t> ids(Database& database, std::string_view sql, std::int64_t key,
                              std::size_t most) {
  Statement row = database.prepare(sql);
  row.start(key, most);
  std::vector<std::int64_t> found;
  while (row.step()) found.push_back(row.integer(0));
  return found;
}

/// Digests of the attempt's files; they are marked as gone.
std::set<std::string> expire_files(Database& database, std::int64_t attempt) {
  Statement row = database.prepare(
      "UPDATE artifacts SET expired = 1 WHERE attempt = ?1 AND expired = 0 RETURNING sha256");
  row.start(attempt);
  std::set<std::string> digests;
  while (row.step()) digests.insert(row.text(0));
  return digests;
}

void remove_attempt(Database& database, std::int64_t attempt) {
  for (const std::string_view table :
       {"attempt_builds", "hops", "phases", "checksums", "checksum_subjects", "checks",
        "measurements", "findings", "artifacts"}) {
    database.prepare(fmt::format("DELETE FROM {} WHERE attempt = ?1", table)).run(attempt);
  }
  database.prepare("DELETE FROM search_findings WHERE rowid = ?1").run(attempt);
  database.prepare("DELETE FROM attempts WHERE id = ?1").run(attempt);
}

void remove_job(Database& database, std::int64_t job) {
  for (const std::int64_t attempt :
       ids(database, "SELECT id FROM attempts WHERE job = ?1 LIMIT ?2", job, 10'000)) {
    remove_attempt(database, attempt);
  }
  database.prepare("DELETE FROM events WHERE job = ?1").run(job);
  database.prepare("DELETE FROM job_specs WHERE job = ?1").run(job);
  database.prepare("DELETE FROM jobs WHERE id = ?1").run(job);
}

void remove_run(Database& database, std::int64_t run) {
  for (const std::string_view table : {"events", "idempotency", "run_counts", "run_verdicts"}) {
    database.prepare(fmt::format("DELETE FROM {} WHERE run = ?1", table)).run(run);
  }
  database.prepare("DELETE FROM runs WHERE id = ?1").run(run);
}

}  // namespace

bool Store::pin_run(RunId run, bool pinned) {
  Transaction transaction(database_);
  database_.prepare("UPDATE runs SET pinned = ?2 WHERE id = ?1").run(run.value, pinned);
  if (database_.changes() == 0) return false;
  append_event(database_, now(), {.run = run}, pinned ? "run.pinned" : "run.unpinned");
  transaction.commit();
  return true;
}

std::vector<ExpiredRun> Store::expired_runs(TimePoint before, std::size_t limit) const {
  const Snapshot snapshot(database_);
  Statement row = database_.prepare(
      fmt::format("SELECT id, title, finished_ns, job_count, {} FROM runs INDEXED BY runs_by_end "
                  "WHERE finished_ns < ?1 AND {} ORDER BY finished_ns LIMIT ?2",
                  kHasFiles, kExpired));
  row.start(before.time_since_epoch(), limit);
  std::vector<ExpiredRun> runs;
  while (row.step()) {
    runs.push_back({RunId{row.integer(0)}, row.text(1), TimePoint{row.duration(2)},
                    static_cast<std::size_t>(row.integer(3)), row.integer(4) != 0});
  }
  return runs;
}

Forgotten Store::forget_artifacts(RunId run) {
  Transaction transaction(database_);
  Forgotten forgotten;
  if (!is_expired(database_, run)) return forgotten;
  constexpr std::size_t kMostAttempts = 2000;
  const auto attempts =
      ids(database_,
          "SELECT DISTINCT attempts.id FROM jobs CROSS JOIN attempts ON attempts.job = jobs.id "
          "CROSS JOIN artifacts ON attempt = attempts.id WHERE jobs.run = ?1 AND expired = 0 "
          "LIMIT ?2",
          run.value, kMostAttempts);
  std::set<std::string> digests;
  for (const std::int64_t attempt : attempts) digests.merge(expire_files(database_, attempt));
  for (const std::string& digest : digests) {
    if (!names_artifact(digest)) forgotten.digests.push_back(digest);
  }
  forgotten.more = attempts.size() == kMostAttempts;
  transaction.commit();
  return forgotten;
}

bool Store::forget_run(RunId run, std::size_t most_jobs) {
  Transaction transaction(database_);
  if (!is_expired(database_, run)) return false;
  const auto jobs =
      ids(database_, "SELECT id FROM jobs WHERE run = ?1 LIMIT ?2", run.value, most_jobs);
  for (const std::int64_t job : jobs) remove_job(database_, job);
  const bool more = jobs.size() == most_jobs;
  if (!more) remove_run(database_, run.value);
  transaction.commit();
  return more;
}

void Store::forget_keys(TimePoint before) {
  Transaction transaction(database_);
  database_.prepare("DELETE FROM idempotency WHERE created_ns < ?1").run(before.time_since_epoch());
  transaction.commit();
}

bool Store::names_artifact(std::string_view sha256) const {
  Statement row = database_.prepare(
      "SELECT 1 FROM artifacts WHERE sha256 = ?1 AND expired = 0 UNION ALL "
      "SELECT 1 FROM fleet_builds WHERE artifact = ?1 LIMIT 1");
  row.start(sha256);
  return row.step();
}

}  // namespace luolab
