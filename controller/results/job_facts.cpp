// SPDX-License-Identifier: Apache-2.0
#include "controller/results/job_facts.h"

#include <algorithm>

#include <fmt/format.h>

namespace luolab {
namespace {

constexpr std::string_view kBlackout = "blackout";

template <class Wanted>
const Phase* longest(const AttemptReport& report, Wanted wanted) {
  const Phase* found = nullptr;
  for (const Phase& phase : report.phases) {
    if (wanted(phase) && (found == nullptr || phase.duration > found->duration)) found = &phase;
  }
  return found;
}

}  // namespace

Verdict verdict_of(const JobRecord& job) { return job.verdict.value_or(Verdict::MISS); }

std::string reason_of(const JobRecord& job) {
  if (!job.reason.empty()) return job.reason;
  if (!job.verdict) return fmt::format("not ended: {}", state_name(job.state));
  if (*job.verdict == Verdict::PASS) return {};
  return "no reason was given";
}

bool blames_the_lab(Verdict verdict) {
  return verdict == Verdict::ERROR || verdict == Verdict::MISS;
}

const Phase* worst_blackout(const AttemptReport& report) {
  return longest(report, [](const Phase& phase) { return phase.name == kBlackout; });
}

const Phase* worst_blackout(const JobRecord& job) {
  return job.report ? worst_blackout(*job.report) : nullptr;
}

const Phase* slowest_phase(const JobRecord& job) {
  if (!job.report) return nullptr;
  return longest(*job.report, [](const Phase& phase) {
    return phase.hop >= 0 && phase.subject.empty() && phase.name != kBlackout;
  });
}

std::string hop_title(std::int32_t hop) {
  return hop < 0 ? "start" : fmt::format("hop {}", std::int64_t{hop} + 1);
}

std::map<Verdict, std::size_t> count_verdicts(const RunRecord& run) {
  std::map<Verdict, std::size_t> counts;
  for (const JobRecord& job : run.jobs) ++counts[verdict_of(job)];
  return counts;
}

std::string counts_text(const std::map<Verdict, std::size_t>& counts) {
  std::string text;
  for (const auto& [verdict, count] : counts) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, verdict_name(verdict));
  }
  return text;
}

std::vector<ScenarioGroup> by_scenario(const RunRecord& run) {
  std::vector<ScenarioGroup> groups;
  for (const JobRecord& job : run.jobs) {
    auto group = std::find_if(groups.begin(), groups.end(), [&](const ScenarioGroup& candidate) {
      return candidate.scenario == job.job.scenario;
    });
    if (group == groups.end()) group = groups.insert(groups.end(), {job.job.scenario, {}});
    group->jobs.push_back(&job);
  }
  return groups;
}

}  // namespace luolab
