// SPDX-License-Identifier: Apache-2.0
// A gate as a run: one job for each test and each phase, so that the formats of runs serve gates.
#include <fmt/format.h>

#include "controller/gate_formats/gate_formats.h"
#include "controller/gate_formats/gate_words.h"
#include "controller/results/results.h"

namespace luolab {
namespace {

Verdict verdict_of(Standing standing) {
  switch (standing) {
    case Standing::holds:
    case Standing::fixed:
      return Verdict::PASS;
    case Standing::regression:
    case Standing::flaky:
      return Verdict::FAIL;
    case Standing::broken_before:
    case Standing::known_issue:
      return Verdict::XFAIL;
    case Standing::not_applicable:
      return Verdict::SKIP;
    case Standing::unknown:
      return Verdict::MISS;
  }
  return Verdict::MISS;
}

Verdict verdict_of(PhaseOutcome outcome) {
  switch (outcome) {
    case PhaseOutcome::same:
    case PhaseOutcome::faster:
      return Verdict::PASS;
    case PhaseOutcome::slower:
      return Verdict::FAIL;
    case PhaseOutcome::inconclusive:
      return Verdict::SKIP;
  }
  return Verdict::SKIP;
}

Verdict verdict_of_build(GateAnswer answer) {
  return answer == GateAnswer::does_not_apply ? Verdict::FAIL : Verdict::MISS;
}

void add_tries(std::vector<Check>& checks, const std::vector<GateTry>& tries, const char* whose) {
  for (const GateTry& one : tries) {
    checks.push_back({-1, fmt::format("{} {}{}", whose, one.job, one.reused ? " (earlier)" : ""),
                      "", one.verdict, one.reason});
  }
}

JobRecord job_of(const std::string& scenario, const std::string& title, Verdict verdict,
                 const std::string& reason) {
  JobRecord job;
  job.job.scenario = scenario;
  job.title = title;
  job.state = JobState::done;
  job.verdict = verdict;
  job.reason = reason;
  job.report.emplace();
  job.report->verdict = verdict;
  job.report->reason = reason;
  return job;
}

JobRecord job_of(const GateTest& test) {
  JobRecord job = job_of(test.scenario, test.title, verdict_of(test.standing),
                         fmt::format("{}: {}", standing_words(test.standing), test.reason));
  if (!test.candidate.empty()) job.id = parse_job_id(test.candidate.front().job).value_or(JobId{});
  add_tries(job.report->checks, test.candidate, "candidate");
  add_tries(job.report->checks, test.baseline, "baseline");
  for (const GateEvidence& piece : test.evidence)
    job.report->findings.push_back({piece.source, 0, piece.text});
  return job;
}

RunRecord as_run(const GateReport& report) {
  RunRecord run;
  run.title = fmt::format("gate {} {}: {}", report.id, report.title, outcome_words(report));
  run.state = RunState::done;
  if (report.tests.empty() && report.answer != GateAnswer::may_go_in) {
    run.jobs.push_back(
        job_of("build", "the series builds", verdict_of_build(report.answer), report.reason));
    for (const GatePatch& patch : report.patches) {
      if (!patch.trouble.empty())
        run.jobs.back().report->findings.push_back({patch.name, 0, patch.trouble});
    }
  }
  for (const GateTest& test : report.tests) run.jobs.push_back(job_of(test));
  for (const GatePhase& phase : report.phases) {
    run.jobs.push_back(job_of("latency of " + phase.scenario, phase.phase,
                              verdict_of(phase.outcome), phase.sentence));
  }
  return run;
}

}  // namespace

std::string gate_junit(const GateReport& report) { return results_junit(as_run(report)); }
std::string gate_ktap(const GateReport& report) { return results_ktap(as_run(report)); }

}  // namespace luolab
