// SPDX-License-Identifier: Apache-2.0
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "controller/results/job_facts.h"
#include "controller/results/report_json.h"
#include "controller/results/results.h"
#include "controller/results/rollout_words.h"
#include "core/protocol/json.h"

namespace luolab {
namespace {

namespace json = boost::json;

constexpr std::string_view kSchema = "luolab.run/v1";

json::object run_json(const RunRecord& run) {
  json::object object{{"id", run.id.value},
                      {"title", run.title},
                      {"submitter", run.submitter},
                      {"command_line", run.command_line},
                      {"source", run.source_text},
                      {"state", state_name(run.state)},
                      {"created", time_text(run.created)}};
  if (run.finished) {
    object["finished"] = time_text(*run.finished);
    object["wall_ns"] = (*run.finished - run.created).count();
  }
  return object;
}

json::object counts_json(const RunRecord& run) {
  json::object counts;
  for (const auto& [verdict, count] : count_verdicts(run)) counts[verdict_name(verdict)] = count;
  return counts;
}

json::object job_json(const JobRecord& job) {
  json::object object{{"id", id_text(job.id)},
                      {"title", job.title},
                      {"scenario", job.job.scenario},
                      {"state", state_name(job.state)},
                      {"verdict", verdict_name(verdict_of(job))},
                      {"reason", reason_of(job)},
                      {"attempts", job.attempts},
                      {"job", to_json(job.job)}};
  if (const Phase* blackout = worst_blackout(job)) {
    object["blackout_ns"] = blackout->duration.count();
  }
  if (job.report) object["report"] = report_json(*job.report);
  return object;
}

}  // namespace

std::string results_json(const RunRecord& run) {
  json::array jobs;
  for (const JobRecord& job : run.jobs) jobs.push_back(job_json(job));
  json::array rollouts;
  for (const RolloutRecord& rollout : run.rollouts) rollouts.push_back(rollout_json(rollout));
  json::object results{{"schema", kSchema},
                       {"run", run_json(run)},
                       {"exit_code", exit_code(run, ExitStyle::plain)},
                       {"counts", counts_json(run)},
                       {"jobs", std::move(jobs)}};
  if (!rollouts.empty()) results["rollouts"] = std::move(rollouts);
  return pretty(valid_json(results));
}

}  // namespace luolab
