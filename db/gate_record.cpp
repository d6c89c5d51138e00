// SPDX-License-Identifier: Apache-2.0
#include "db/gate_record.h"

#include <fmt/format.h>

#include "db/column.h"
#include "db/event_writer.h"
#include "db/store.h"

namespace luolab {
namespace {

constexpr std::string_view kColumns =
    "id, title, submitter, state, answer, reason, service, created_ns, finished_ns";

GateRow read_gate(const Statement& row) {
  return {.id = GateId{row.integer(0)},
          .title = row.text(1),
          .submitter = row.text(2),
          .state = enum_column<GateState>(row, 3),
          .answer = row.text(4),
          .reason = row.text(5),
          .service = row.integer(6) != 0,
          .created = TimePoint{row.duration(7)},
          .finished = time_column(row, 8)};
}

}  // namespace

std::string id_text(GateId id) { return fmt::format("g{}", id.value); }

std::optional<GateId> parse_gate_id(std::string_view text) {
  if (!text.starts_with('g')) return {};
  const auto number = parse_run_id(text.substr(1));
  return number ? std::optional(GateId{number->value}) : std::nullopt;
}

GateId Store::add_gate(const NewGate& gate) {
  Transaction transaction(database_);
  const TimePoint time = now();
  database_
      .prepare(
          "INSERT INTO gates (title, submitter, state, reason, order_json, report_json, service, "
          "owner, created_ns) VALUES (?1, ?2, 'running', '', ?3, ?4, ?5, ?6, ?7)")
      .run(gate.title, gate.submitter, gate.order_json, gate.report_json, gate.service ? 1 : 0,
           gate.service ? std::string() : owner().name(), time.time_since_epoch());
  const GateId id{database_.last_row()};
  append_event(database_, time, {}, "gate.created", {{"gate", id_text(id)}, {"title", gate.title}});
  transaction.commit();
  return id;
}

bool Store::save_gate(GateId gate, const GateProgress& progress) {
  Transaction transaction(database_);
  const TimePoint time = now();
  const bool ended = progress.state != GateState::running;
  database_
      .prepare(
          "UPDATE gates SET state = ?2, answer = ?3, reason = ?4, report_json = ?5, "
          "finished_ns = ?6 WHERE id = ?1 AND state = 'running'")
      .run(gate.value, enum_text(progress.state), text_value(progress.answer), progress.reason,
           progress.report_json, ended ? std::optional(time.time_since_epoch()) : std::nullopt);
  if (database_.changes() == 0) return false;
  append_event(database_, time, {}, ended ? "gate.done" : "gate.changed",
               {{"gate", id_text(gate)},
                {"state", enum_text(progress.state)},
                {"stage", progress.stage},
                {"answer", progress.answer}});
  transaction.commit();
  return true;
}

bool Store::cancel_gate(GateId gate, std::string_view reason) {
  Transaction transaction(database_);
  const auto record = this->gate(gate);
  if (!record) return false;
  const bool canceled =
      save_gate(gate, {GateState::canceled, {}, std::string(reason), {}, record->report_json});
  transaction.commit();
  return canceled;
}

std::vector<GateRow> Store::gates(const GateFilter& filter) const {
  Statement row = database_.prepare(fmt::format(
      "SELECT {} FROM gates WHERE (?1 IS NULL OR id < ?1){}{} ORDER BY id DESC LIMIT ?4", kColumns,
      filter.state ? " AND state = ?2" : "", filter.title.empty() ? "" : " AND title = ?3"));
  row.start(id_value(filter.before), enum_text(filter.state), filter.title,
            page_limit(filter.limit));
  std::vector<GateRow> gates;
  while (row.step()) gates.push_back(read_gate(row));
  return gates;
}

std::optional<GateRecord> Store::gate(GateId id) const {
  Statement row = database_.prepare(
      fmt::format("SELECT {}, order_json, report_json FROM gates WHERE id = ?1", kColumns));
  row.start(id.value);
  if (!row.step()) return {};
  return GateRecord{read_gate(row), row.text(9), row.text(10)};
}

void Store::note_gate_step(GateId gate, std::string_view name, RunId run) {
  database_.prepare("INSERT INTO gate_steps (gate, name, run) VALUES (?1, ?2, ?3)")
      .run(gate.value, name, run.value);
}

std::optional<RunId> Store::gate_step(GateId gate, std::string_view name) const {
  Statement row = database_.prepare("SELECT run FROM gate_steps WHERE gate = ?1 AND name = ?2");
  row.start(gate.value, name);
  return row.step() ? std::optional(RunId{row.integer(0)}) : std::nullopt;
}

std::vector<RunId> Store::gate_runs(GateId gate) const {
  Statement row = database_.prepare("SELECT run FROM gate_steps WHERE gate = ?1 ORDER BY run");
  row.start(gate.value);
  std::vector<RunId> runs;
  while (row.step()) runs.push_back(RunId{row.integer(0)});
  return runs;
}

void Store::remember_result(std::string_view key, JobId job) {
  database_
      .prepare(
          "INSERT INTO known_results (key, job, created_ns) VALUES (?1, ?2, ?3) "
          "ON CONFLICT (key) DO UPDATE SET job = ?2, created_ns = ?3")
      .run(key, job.value, now().time_since_epoch());
}

std::optional<JobId> Store::known_result(std::string_view key) const {
  Statement row = database_.prepare("SELECT job FROM known_results WHERE key = ?1");
  row.start(key);
  return row.step() ? std::optional(JobId{row.integer(0)}) : std::nullopt;
}

/// Gates of processes that are gone will never be answered.
void Store::recover_gates() {
  Statement row =
      database_.prepare("SELECT id, owner FROM gates WHERE state = 'running' AND service = 0");
  std::vector<std::pair<GateId, std::string>> running;
  while (row.step()) running.emplace_back(GateId{row.integer(0)}, row.text(1));
  for (const auto& [gate, owner] : running) {
    if (!lock_of_the_gone(locks(), owner)) continue;
    cancel_gate(gate, "luolab was killed while this ran");
  }
}

}  // namespace luolab
