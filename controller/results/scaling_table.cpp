// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "controller/results/job_facts.h"
#include "controller/results/results.h"
#include "controller/results/safe_text.h"
#include "controller/results/scaling.h"
#include "controller/results/text_layout.h"
#include "core/base/quantity.h"

namespace luolab {
namespace {

constexpr double kMebibyte = 1 << 20;
constexpr std::size_t kPhaseWidth = 20;

/// Whether a parameter's values are sizes with a unit: then the slope is per MiB.
bool is_size(const std::string& value) { return value.ends_with("B"); }

std::vector<FitPoint> points_of(const ScenarioGroup& group, const std::string& phase, double unit) {
  std::vector<FitPoint> points;
  for (const JobRecord* job : group.jobs) {
    const auto value = job->job.point.find(job->job.fit.over);
    if (!job->report || value == job->job.point.end()) continue;
    const auto x = parse_size(value->second);
    for (const Phase& each : job->report->phases) {
      if (!x || each.name != phase || !each.subject.empty() || each.hop < 0) continue;
      const double ms = std::chrono::duration<double, std::milli>(each.duration).count();
      points.push_back({static_cast<double>(*x) / unit, ms});
    }
  }
  return points;
}

std::string phase_line(const std::string& phase, std::span<const FitPoint> points,
                       const std::string& unit) {
  const auto line = fit_line(points);
  if (!line) return fmt::format("  {} too few points\n", pad(phase, kPhaseWidth));
  return fmt::format(
      "  {} {:.4f} ms/{} (95 %: {:.4f} .. {:.4f}), from {:.2f} +- {:.2f} ms, R2 {:.3f}, "
      "{} points\n",
      pad(phase, kPhaseWidth), line->slope, unit, line->slope - line->slope_half_width,
      line->slope + line->slope_half_width, line->start, line->start_half_width, line->r_squared,
      points.size());
}

}  // namespace

std::string scaling_table(const RunRecord& run, const TerminalStyle& style) {
  std::string table;
  for (const ScenarioGroup& group : by_scenario(run)) {
    const FitSpec& fit = group.jobs.front()->job.fit;
    const auto& point = group.jobs.front()->job.point;
    const auto value = point.find(fit.over);
    if (fit.over.empty() || value == point.end()) continue;
    const bool sizes = is_size(value->second);
    table += "\n" +
             bold(fmt::format("{}: growth with {}", one_line(group.scenario), fit.over), style) +
             "\n";
    for (const std::string& phase : fit.phases) {
      table +=
          phase_line(phase, points_of(group, phase, sizes ? kMebibyte : 1.0), sizes ? "MiB" : "1");
    }
  }
  return table.empty() ? table : table + "\n";
}

}  // namespace luolab
