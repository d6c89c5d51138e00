// SPDX-License-Identifier: Apache-2.0
#include "controller/gate/latency_judge.h"

#include <fmt/format.h>

#include "controller/gate/boot_comparison.h"

namespace luolab {
namespace {

PrefixJudgement judgement_of(const GatePhase& phase) {
  switch (phase.outcome) {
    case PhaseOutcome::slower:
      return {PrefixState::bad, phase.sentence};
    case PhaseOutcome::same:
    case PhaseOutcome::faster:
      return {PrefixState::good, phase.sentence};
    case PhaseOutcome::inconclusive:
      break;
  }
  return {PrefixState::untestable, phase.sentence};
}

Task<PrefixJudgement> judge(std::size_t patches, std::string phase, JobsOfPrefix jobs,
                            LatencySettings settings, GateRunner* runner) {
  if (patches == 0)
    co_return PrefixJudgement{PrefixState::good, "what the others are compared with"};
  BootComparison comparison;
  comparison.name = fmt::format("bisect-{}", patches);
  comparison.title = fmt::format("bisect: {} of the patches", patches);
  comparison.baseline = jobs(0).front();
  comparison.candidate = jobs(patches).front();
  comparison.scenario = comparison.candidate.scenario;
  comparison.phases = {phase};
  comparison.seed = patches;
  comparison.settings = std::move(settings);
  const ComparedBoots compared = co_await compare_boots(std::move(comparison), *runner);
  if (!compared.failures.empty())
    co_return PrefixJudgement{PrefixState::untestable,
                              "a boot fails: " + compared.failures.front().reason};
  if (compared.phases.empty())
    co_return PrefixJudgement{PrefixState::untestable,
                              fmt::format("{} was not measured in any block of boots", phase)};
  co_return judgement_of(compared.phases.front());
}

}  // namespace

PrefixJudge latency_judge(std::string phase, JobsOfPrefix jobs, LatencySettings settings,
                          GateRunner& runner) {
  return [phase = std::move(phase), jobs = std::move(jobs), settings = std::move(settings),
          &runner](std::size_t patches) { return judge(patches, phase, jobs, settings, &runner); };
}

}  // namespace luolab
