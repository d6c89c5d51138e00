// SPDX-License-Identifier: Apache-2.0
#include "controller/gate/gate_record.h"

#include <boost/describe/enum_to_string.hpp>

#include "core/protocol/json.h"

namespace luolab {

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

}  // namespace luolab
