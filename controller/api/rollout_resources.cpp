// SPDX-License-Identifier: Apache-2.0
#include "controller/api/rollout_resources.h"

#include "controller/api/resources.h"
#include "controller/results/rollout_words.h"

namespace luolab {
namespace {

std::optional<std::int64_t> nanoseconds_of(
    const std::optional<std::chrono::nanoseconds>& duration) {
  return duration ? std::optional(duration->count()) : std::nullopt;
}

RolloutFiguresResource figures_resource(const RolloutFigures& figures) {
  return {.targets = figures.targets,
          .updated = figures.updated,
          .failed = figures.failed,
          .missed = figures.missed,
          .spared = figures.spared,
          .worst_blackout_ns = nanoseconds_of(figures.worst_blackout),
          .worst_target = figures.worst_target,
          .median_blackout_ns = nanoseconds_of(figures.median_blackout),
          .median_target = figures.median_target,
          .elapsed_ns = nanoseconds_of(figures.elapsed),
          .summary = figures_words(figures)};
}

}  // namespace

RolloutResource resource_of(const RolloutRecord& rollout) {
  RolloutResource resource{.scenario = rollout.scenario,
                           .state = rollout.state,
                           .reason = rollout.reason,
                           .standing = rollout_words(rollout),
                           .canary = rollout.canary,
                           .wave = rollout.wave,
                           .error_budget = rollout.error_budget,
                           .soak_ns = rollout.soak.count(),
                           .due = precise_time(rollout.due),
                           .fleet = figures_resource(figures_of(rollout))};
  for (std::uint32_t wave = 1; wave <= rollout.waves; ++wave)
    resource.waves.push_back(figures_resource(figures_of(rollout, wave)));
  for (const RolloutTarget& target : rollout.targets) {
    resource.targets.push_back({.name = target.name,
                                .wave = target.wave,
                                .state = target.state,
                                .job = id_text(target.job),
                                .jobs = target.jobs,
                                .verdict = target.verdict,
                                .reason = target.reason,
                                .blackout_ns = nanoseconds_of(target.blackout)});
  }
  return resource;
}

}  // namespace luolab
