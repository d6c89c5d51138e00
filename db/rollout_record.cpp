// SPDX-License-Identifier: Apache-2.0
#include "db/rollout_record.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace luolab {
namespace {

void count(RolloutFigures& figures, TargetState state) {
  ++figures.targets;
  figures.updated += state == TargetState::updated;
  figures.failed += state == TargetState::failed;
  figures.missed += state == TargetState::missed;
  figures.spared += state == TargetState::spared;
}

using Blackout = std::pair<std::chrono::nanoseconds, std::string>;

void set_blackouts(RolloutFigures& figures, std::vector<Blackout> blackouts) {
  if (blackouts.empty()) return;
  std::ranges::sort(blackouts);
  const Blackout& median = blackouts[(blackouts.size() - 1) / 2];
  figures.median_blackout = median.first;
  figures.median_target = median.second;
  figures.worst_blackout = blackouts.back().first;
  figures.worst_target = blackouts.back().second;
}

}  // namespace

bool is_updated(Verdict verdict) {
  return verdict == Verdict::PASS || verdict == Verdict::XFAIL || verdict == Verdict::DONE;
}

RolloutFigures figures_of(const RolloutRecord& rollout, std::uint32_t wave) {
  RolloutFigures figures;
  std::vector<Blackout> blackouts;
  std::optional<TimePoint> started;
  std::optional<TimePoint> ended;
  for (const RolloutTarget& target : rollout.targets) {
    if (wave != 0 && target.wave != wave) continue;
    count(figures, target.state);
    if (target.blackout) blackouts.emplace_back(*target.blackout, target.name);
    if (!target.started) continue;  // what was canceled before it began took no time
    started = std::min(started.value_or(*target.started), *target.started);
    if (target.ended) ended = std::max(ended.value_or(*target.ended), *target.ended);
  }
  set_blackouts(figures, std::move(blackouts));
  if (started && ended) figures.elapsed = *ended - *started;
  return figures;
}

std::string wave_title(const RolloutRecord& rollout, std::uint32_t wave) {
  return fmt::format("wave {}{}", wave, rollout.canary && wave == 1 ? " (canary)" : "");
}

}  // namespace luolab
