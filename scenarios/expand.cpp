// SPDX-License-Identifier: Apache-2.0
#include "scenarios/expand.h"

#include <utility>

#include <fmt/format.h>

#include "core/base/quantity.h"
#include "scenarios/body_reader.h"
#include "scenarios/kernel_resolver.h"
#include "scenarios/matrix.h"
#include "scenarios/problems.h"
#include "scenarios/rollout_reader.h"
#include "scenarios/scenario_reader.h"

namespace luolab {
namespace {

/// Every job carries its patches, so many jobs of a long series must be bounded as well.
constexpr std::size_t kMostPatchBytes = std::size_t{1} << 30;

ExpandResult failed(std::vector<Diagnostic> errors) { return {{}, {}, sorted(std::move(errors))}; }

Diagnostic of_flag(std::string_view flag, std::string message) {
  return {std::string(flag), 0, 0, "", std::move(message)};
}

/// The scenario with its document changed as --set asks, read and checked afresh.
ScenarioReading with_settings(const Scenario& scenario, const std::vector<Setting>& settings) {
  if (settings.empty()) return {scenario, {}};
  YamlNode document = *scenario.document;
  std::vector<Diagnostic> errors;
  for (const Setting& setting : settings) {
    auto changed = with_setting(document, setting);
    if (changed) {
      document = std::move(*changed);
    } else {
      errors.push_back(
          of_flag("--set", fmt::format("scenario {}: {}", scenario.name, changed.error().what)));
    }
  }
  if (!errors.empty()) return {std::nullopt, std::move(errors)};
  return ScenarioReader(scenario.file).read(std::move(document));
}

std::size_t patch_bytes(const Job& job) {
  std::size_t bytes = 0;
  for (const KernelSpec& kernel : job.kernels) {
    for (const Series& series : kernel.series) {
      for (const Patch& patch : series.patches) bytes += patch.text.size();
    }
  }
  return bytes;
}

Job job_at(const Scenario& scenario, const MatrixPoint& point, ScenarioBody body,
           JobKernels kernels) {
  std::vector<std::vector<std::string>> cmdlines;
  for (KernelRef& hop : body.hops) cmdlines.push_back(std::move(hop.cmdline));
  return {.scenario = scenario.name,
          .summary = std::move(body.summary),
          .point = point,
          .repetition = 0,
          .kernels = std::move(kernels.kernels),
          .outgoing = kernels.outgoing,
          .hops = std::move(kernels.hops),
          .target = std::move(body.target),
          .sessions = std::move(body.sessions),
          .load = std::move(body.load),
          .quiesce = body.quiesce,
          .checks = std::move(body.checks),
          .timeouts = body.timeouts,
          .range_bytes = body.range_bytes,
          .hop_cmdlines = std::move(cmdlines),
          .promises = std::move(body.promises),
          .broken = std::move(body.broken),
          .source = std::move(body.source),
          .before = std::move(body.before),
          .after = std::move(body.after),
          .known_issues = std::move(body.known_issues),
          .faults = std::move(body.faults),
          .fork = body.fork,
          .fit = std::move(body.fit),
          .latency = std::move(body.latency)};
}

std::size_t count_targets(const std::optional<RolloutSpec>& rollout) {
  std::size_t count = 0;
  if (!rollout) return 1;
  for (const auto& wave : rollout->waves) count += wave.size();
  return count;
}

/// The jobs once for each target of the rollout, wave by wave.
std::vector<Job> on_all_targets(const std::vector<Job>& jobs, const RolloutSpec& rollout) {
  std::vector<Job> all;
  for (const auto& wave : rollout.waves) {
    for (const std::string& target : wave) {
      for (const Job& job : jobs) {
        all.push_back(job);
        all.back().target.name = target;
        all.back().point[std::string(kTargetParameter)] = target;
      }
    }
  }
  return all;
}

/// One job for every point, or what is wrong.
ExpandResult expand_points(const Scenario& scenario, const Catalog& catalog,
                           const ExpandOptions& options, std::size_t repeat) {
  KernelResolver resolver(scenario.file, catalog, options);
  ExpandResult result;
  std::size_t bytes = 0;
  for (const MatrixPoint& point : matrix_points(scenario.matrix)) {
    Problems problems(scenario.file);
    ScenarioBody body = read_body(at_point(*scenario.document, point), problems);
    if (!problems.empty()) return failed(problems.take());
    JobKernels kernels = resolver.resolve(body);
    result.jobs.push_back(job_at(scenario, point, std::move(body), std::move(kernels)));
    bytes += patch_bytes(result.jobs.back()) * repeat;
    if (bytes > kMostPatchBytes) {
      return failed(
          {of_flag("--series", fmt::format("scenario {}: over {} of patches in all jobs (run "
                                           "fewer jobs at a time)",
                                           scenario.name, format_size_rounded(kMostPatchBytes)))});
    }
  }
  result.errors = resolver.take_errors();
  return result;
}

}  // namespace

ExpandResult expand(const Scenario& scenario, const Catalog& catalog,
                    const ExpandOptions& options) {
  ScenarioReading reading = with_settings(scenario, options.settings);
  if (!reading.scenario) return failed(std::move(reading.errors));
  const Scenario& changed = *reading.scenario;
  const std::uint32_t repeat = options.repeat.value_or(changed.repeat);
  if (repeat == 0)
    return failed({of_flag("--repeat", "0 repetitions are no test (1 is the least)")});
  const std::size_t targets = count_targets(changed.rollout);
  if (count_points(changed.matrix) * repeat * targets > kMostJobs) {
    return failed({of_flag(
        "--repeat",
        fmt::format("scenario {}: {} points {} times{} are over {} jobs", changed.name,
                    count_points(changed.matrix), repeat,
                    changed.rollout ? fmt::format(" on {} targets", targets) : "", kMostJobs))});
  }
  ExpandResult points = expand_points(changed, catalog, options, repeat * targets);
  if (!points.errors.empty()) return failed(std::move(points.errors));
  ExpandResult result;
  for (std::uint32_t repetition = 0; repetition < repeat; ++repetition) {
    for (const Job& point : points.jobs) {
      result.jobs.push_back(point);
      result.jobs.back().repetition = repetition;
    }
  }
  if (changed.rollout) {
    result.jobs = on_all_targets(result.jobs, *changed.rollout);
    result.rollout = changed.rollout;
  }
  return result;
}

}  // namespace luolab
