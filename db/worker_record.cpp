// SPDX-License-Identifier: Apache-2.0
#include "db/worker_record.h"

#include "db/column.h"
#include "db/event_writer.h"
#include "db/store.h"

namespace luolab {
namespace {

WorkerRow read_worker(const Statement& row) {
  return {.name = row.text(0),
          .token = TokenId{row.integer(1)},
          .hello_json = row.text(2),
          .admin_state = enum_column<AdminState>(row, 3),
          .health = enum_column<WorkerHealth>(row, 4),
          .health_reason = row.text(5),
          .misses = static_cast<std::uint32_t>(row.integer(6)),
          .first_seen = TimePoint{row.duration(7)},
          .last_seen = TimePoint{row.duration(8)}};
}

/// The name may be used by this token: it is its own, or that of a token which was taken back.
bool may_use(const Database& database, const WorkerRow& worker, TokenId token) {
  if (worker.token == token) return true;
  Statement row = database.prepare("SELECT 1 FROM tokens WHERE id = ?1 AND revoked_ns IS NOT NULL");
  row.start(worker.token.value);
  return row.step();
}

}  // namespace

std::optional<WorkerRow> Store::save_worker(std::string_view name, TokenId token,
                                            std::string_view hello_json) {
  Transaction transaction(database_);
  const auto known = worker(name);
  if (known && !may_use(database_, *known, token)) return {};
  const TimePoint time = now();
  database_
      .prepare(
          "INSERT INTO workers (name, token, hello_json, admin_state, health, health_reason, "
          "misses, first_seen_ns, last_seen_ns) VALUES (?1, ?2, ?3, 'ready', 'healthy', '', 0, "
          "?4, ?4) ON CONFLICT (name) DO UPDATE SET token = ?2, hello_json = ?3, "
          "last_seen_ns = ?4")
      .run(name, token.value, hello_json, time.time_since_epoch());
  append_event(database_, time, {.worker = name}, "worker.joined", {{"new", !known}});
  auto saved = worker(name);
  transaction.commit();
  return saved;
}

bool Store::set_admin_state(std::string_view name, AdminState state) {
  Transaction transaction(database_);
  database_.prepare("UPDATE workers SET admin_state = ?2 WHERE name = ?1")
      .run(name, enum_text(state));
  if (database_.changes() == 0) return false;
  append_event(database_, now(), {.worker = name},
               state == AdminState::draining ? "worker.draining" : "worker.ready");
  transaction.commit();
  return true;
}

bool Store::set_health(std::string_view name, WorkerHealth health, std::string_view reason,
                       std::uint32_t misses) {
  Transaction transaction(database_);
  const auto known = worker(name);
  if (!known) return false;
  database_
      .prepare("UPDATE workers SET health = ?2, health_reason = ?3, misses = ?4 WHERE name = ?1")
      .run(name, enum_text(health), reason, misses);
  if (known->health != health) {
    append_event(database_, now(), {.worker = name},
                 health == WorkerHealth::healthy ? "worker.healthy" : "worker.quarantined",
                 {{"reason", reason}, {"misses", misses}});
  }
  transaction.commit();
  return true;
}

bool Store::remove_worker(std::string_view name) {
  Transaction transaction(database_);
  database_.prepare("DELETE FROM workers WHERE name = ?1").run(name);
  if (database_.changes() == 0) return false;
  append_event(database_, now(), {.worker = name}, "worker.removed");
  transaction.commit();
  return true;
}

void Store::workers_seen(std::span<const WorkerSeen> seen) {
  Transaction transaction(database_);
  Statement update =
      database_.prepare("UPDATE workers SET last_seen_ns = max(last_seen_ns, ?2) WHERE name = ?1");
  for (const WorkerSeen& worker : seen) update.run(worker.name, worker.time.time_since_epoch());
  transaction.commit();
}

void Store::worker_left(std::string_view name, std::string_view reason) {
  Transaction transaction(database_);
  append_event(database_, now(), {.worker = name}, "worker.left", {{"reason", reason}});
  transaction.commit();
}

std::vector<WorkerRow> Store::workers() const {
  Statement row = database_.prepare(
      "SELECT name, token, hello_json, admin_state, health, health_reason, misses, first_seen_ns, "
      "last_seen_ns FROM workers ORDER BY name");
  std::vector<WorkerRow> workers;
  while (row.step()) workers.push_back(read_worker(row));
  return workers;
}

std::optional<WorkerRow> Store::worker(std::string_view name) const {
  Statement row = database_.prepare(
      "SELECT name, token, hello_json, admin_state, health, health_reason, misses, first_seen_ns, "
      "last_seen_ns FROM workers WHERE name = ?1");
  row.start(name);
  return row.step() ? std::optional(read_worker(row)) : std::nullopt;
}

}  // namespace luolab
