// SPDX-License-Identifier: Apache-2.0
#include "db/fleet_build.h"

#include <fmt/format.h>

#include "db/column.h"
#include "db/event_writer.h"
#include "db/store.h"
#include "db/transition.h"

namespace luolab {
namespace {

constexpr std::string_view kColumns =
    "id, key, title, state, worker, attempt, artifact, detail, created_ns, updated_ns";

FleetBuild read_build(const Statement& row) {
  return {.id = row.integer(0),
          .key = row.text(1),
          .title = row.text(2),
          .state = enum_column<FleetBuildState>(row, 3),
          .worker = row.text(4),
          .attempt = AttemptId{row.integer(5)},
          .artifact = row.text(6),
          .detail = row.text(7),
          .created = TimePoint{row.duration(8)},
          .updated = TimePoint{row.duration(9)}};
}

/// What an attempt says of a build it makes or has made.
struct Outcome {
  FleetBuildState state = FleetBuildState::building;
  std::string_view artifact;
  std::string_view detail;
};

/// Writes it, unless the build is ready already. True where it was written.
bool write_build(Database& database, std::string_view key, std::string_view title,
                 std::string_view worker, AttemptId attempt, const Outcome& outcome,
                 TimePoint time) {
  database
      .prepare(
          "INSERT INTO fleet_builds (key, title, state, worker, attempt, artifact, detail, "
          "created_ns, updated_ns) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8) "
          "ON CONFLICT (key) DO UPDATE SET title = CASE ?2 WHEN '' THEN title ELSE ?2 END, "
          "state = ?3, worker = ?4, attempt = ?5, artifact = ?6, detail = ?7, updated_ns = ?8 "
          "WHERE state <> 'ready'")
      .run(key, title, enum_text(outcome.state), worker, attempt.value,
           text_value(outcome.artifact), outcome.detail, time.time_since_epoch());
  return database.changes() > 0;
}

}  // namespace

bool Store::begin_build(std::string_view key, std::string_view title, AttemptId attempt) {
  Transaction transaction(database_);
  const auto row = find_attempt(database_, attempt);
  if (!row || row->state != AttemptState::running) return false;
  const TimePoint time = now();
  if (!write_build(database_, key, title, row->worker, attempt, {}, time)) return false;
  append_event(database_, time, {.worker = row->worker}, "build.started",
               {{"key", key}, {"title", title}, {"attempt", attempt.value}});
  transaction.commit();
  return true;
}

bool Store::build_ready(std::string_view key, AttemptId attempt, std::string_view artifact) {
  Transaction transaction(database_);
  const auto row = find_attempt(database_, attempt);
  if (!row || row->state != AttemptState::running) return false;
  const TimePoint time = now();
  const Outcome outcome{FleetBuildState::ready, artifact, {}};
  if (write_build(database_, key, "", row->worker, attempt, outcome, time)) {
    append_event(database_, time, {.worker = row->worker}, "build.ready",
                 {{"key", key}, {"artifact", artifact}, {"attempt", attempt.value}});
  }
  transaction.commit();
  return true;
}

bool Store::build_failed(std::string_view key, AttemptId attempt, std::string_view detail) {
  Transaction transaction(database_);
  const auto row = find_attempt(database_, attempt);
  if (!row || row->state != AttemptState::running) return false;
  const TimePoint time = now();
  const Outcome outcome{FleetBuildState::failed, {}, detail};
  if (write_build(database_, key, "", row->worker, attempt, outcome, time)) {
    append_event(database_, time, {.worker = row->worker}, "build.failed",
                 {{"key", key}, {"detail", detail}, {"attempt", attempt.value}});
  }
  transaction.commit();
  return true;
}

std::vector<FleetBuild> Store::fleet_builds(const FleetBuildFilter& filter) const {
  Statement row =
      database_.prepare(fmt::format("SELECT {} FROM fleet_builds WHERE (?1 IS NULL OR id < ?1){} "
                                    "ORDER BY id DESC LIMIT ?3",
                                    kColumns, filter.state ? " AND state = ?2" : ""));
  row.start(filter.before, enum_text(filter.state), page_limit(filter.limit));
  std::vector<FleetBuild> builds;
  while (row.step()) builds.push_back(read_build(row));
  return builds;
}

std::optional<FleetBuild> Store::fleet_build(std::string_view key) const {
  Statement row =
      database_.prepare(fmt::format("SELECT {} FROM fleet_builds WHERE key = ?1", kColumns));
  row.start(key);
  return row.step() ? std::optional(read_build(row)) : std::nullopt;
}

}  // namespace luolab
