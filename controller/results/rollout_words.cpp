// SPDX-License-Identifier: Apache-2.0
#include "controller/results/rollout_words.h"

#include <boost/describe/enum_to_string.hpp>
#include <boost/json/array.hpp>
#include <fmt/format.h>

#include "controller/results/safe_text.h"
#include "core/base/quantity.h"

namespace luolab {
namespace {

namespace json = boost::json;

std::string_view name_of(TargetState state) { return boost::describe::enum_to_string(state, ""); }

json::value duration_json(const std::optional<std::chrono::nanoseconds>& duration) {
  return duration ? json::value(duration->count()) : json::value(nullptr);
}

json::object figures_json(const RolloutFigures& figures) {
  return {{"targets", figures.targets},
          {"updated", figures.updated},
          {"failed", figures.failed},
          {"missed", figures.missed},
          {"spared", figures.spared},
          {"worst_blackout_ns", duration_json(figures.worst_blackout)},
          {"worst_target", figures.worst_target},
          {"median_blackout_ns", duration_json(figures.median_blackout)},
          {"median_target", figures.median_target},
          {"elapsed_ns", duration_json(figures.elapsed)}};
}

json::object target_json(const RolloutTarget& target) {
  return {{"name", target.name},
          {"wave", target.wave},
          {"state", name_of(target.state)},
          {"verdict", target.verdict ? json::value(verdict_name(*target.verdict)) : nullptr},
          {"reason", target.reason},
          {"job", id_text(target.job)},
          {"jobs", target.jobs},
          {"blackout_ns", duration_json(target.blackout)}};
}

}  // namespace

std::string rollout_words(const RolloutRecord& rollout) {
  if (rollout.state == RolloutState::complete) return "complete";
  if (rollout.state == RolloutState::stopped)
    return rollout.reason.empty() ? "stopped" : one_line(rollout.reason);
  if (rollout.due)
    return fmt::format("{} of {} is over, the next comes out at {}",
                       wave_title(rollout, rollout.wave), rollout.waves, time_text(*rollout.due));
  return fmt::format("{} of {} is out", wave_title(rollout, rollout.wave), rollout.waves);
}

std::string target_words(const RolloutTarget& target) {
  const bool ended = target.state == TargetState::updated || target.state == TargetState::failed ||
                     target.state == TargetState::missed;
  return std::string(ended && target.verdict ? verdict_name(*target.verdict)
                                             : name_of(target.state));
}

std::string figures_words(const RolloutFigures& figures) {
  const std::size_t percent = figures.targets == 0 ? 0 : figures.updated * 100 / figures.targets;
  std::string words = fmt::format("{} of {} target{} updated ({} %)", figures.updated,
                                  figures.targets, figures.targets == 1 ? "" : "s", percent);
  if (figures.failed > 0) words += fmt::format(", {} failed (kernel)", figures.failed);
  if (figures.missed > 0) words += fmt::format(", {} missed (lab)", figures.missed);
  if (figures.spared > 0) words += fmt::format(", {} spared", figures.spared);
  if (figures.worst_blackout)
    words +=
        fmt::format("; blackout worst {} ({}), median {} ({})",
                    format_duration(*figures.worst_blackout), one_line(figures.worst_target),
                    format_duration(*figures.median_blackout), one_line(figures.median_target));
  if (figures.elapsed) words += "; took " + format_duration(*figures.elapsed);
  return words;
}

boost::json::object rollout_json(const RolloutRecord& rollout) {
  json::array waves;
  for (std::uint32_t wave = 1; wave <= rollout.waves; ++wave)
    waves.push_back(figures_json(figures_of(rollout, wave)));
  json::array targets;
  for (const RolloutTarget& target : rollout.targets) targets.push_back(target_json(target));
  return {{"scenario", rollout.scenario},
          {"state", boost::describe::enum_to_string(rollout.state, "")},
          {"reason", rollout.reason},
          {"canary", rollout.canary},
          {"wave", rollout.wave},
          {"error_budget", rollout.error_budget},
          {"soak_ns", rollout.soak.count()},
          {"fleet", figures_json(figures_of(rollout))},
          {"waves", std::move(waves)},
          {"targets", std::move(targets)}};
}

}  // namespace luolab
