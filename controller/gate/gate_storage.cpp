// SPDX-License-Identifier: Apache-2.0
#include "controller/gate/gate_storage.h"

#include <boost/describe/enum_to_string.hpp>
#include <fmt/format.h>

#include "core/protocol/json.h"

namespace luolab {
namespace {

GateResult result_of(JobRecord job, std::string worker) {
  GateResult result;
  result.job = id_text(job.id);
  result.verdict = job.verdict.value_or(Verdict::MISS);
  result.reason = job.reason;
  result.attempts = job.attempts;
  result.worker = std::move(worker);
  if (job.report) result.report = std::move(*job.report);
  return result;
}

}  // namespace

GateProgress progress_of(const GateReport& report) {
  GateProgress progress;
  if (report.state == "done") {
    progress.state = GateState::done;
    progress.answer = boost::describe::enum_to_string(report.answer, "");
  }
  progress.reason = report.reason;
  progress.stage = report.stage;
  progress.report_json = boost::json::serialize(to_json(report));
  return progress;
}

std::string begun_report(const GateOrder& order) {
  GateReport report;
  report.state = "running";
  report.suite = order.suite;
  report.command = order.command;
  return boost::json::serialize(to_json(report));
}

Result<GateReport> stored_report(const Store& store, GateId gate) {
  const auto record = store.gate(gate);
  if (!record) return scenario_error(fmt::format("there is no gate {}", id_text(gate)));
  auto report = from_json<GateReport>(record->report_json);
  if (!report) return report.error();
  report->id = id_text(gate);
  report->title = record->row.title;
  for (const RunId run : store.gate_runs(gate)) report->runs.push_back(id_text(run));
  if (record->row.state == GateState::canceled) {
    report->state = "canceled";
    report->reason = record->row.reason;
  }
  return report;
}

std::vector<GateResult> results_of(Store& store, RunId run) {
  std::vector<GateResult> results;
  RunRecord record = store.run(run).value();
  for (JobRecord& job : record.jobs) {
    const auto summary = store.job_summary(job.id);
    results.push_back(result_of(std::move(job), summary ? summary->worker : std::string()));
  }
  return results;
}

std::optional<KnownResult> recalled(const Store& store, const std::string& key) {
  const auto job = store.known_result(key);
  if (!job) return {};
  const auto summary = store.job_summary(*job);
  if (!summary || !summary->verdict) return {};
  return KnownResult{id_text(*job), *summary->verdict, summary->reason};
}

void remember(Store& store, const std::string& key, const std::string& job) {
  if (const auto id = parse_job_id(job)) store.remember_result(key, *id);
}

}  // namespace luolab
