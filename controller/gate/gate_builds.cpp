// SPDX-License-Identifier: Apache-2.0
// Whether the series applies, builds and changes anything.
#include <algorithm>
#include <chrono>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "controller/gate/gate.h"

namespace luolab {
namespace {

constexpr std::string_view kBuildScenario = "build";

/// Only builds the kernel; what a scenario would need of a machine is left as it is.
Job build_job(const KernelSpec& kernel, std::string which) {
  Job job;
  job.scenario = kBuildScenario;
  job.summary = "builds " + kernel_title(kernel);
  job.point.emplace("kernel", std::move(which));
  job.kernels = {kernel};
  job.build_only = true;
  job.fork = Fork::never;
  return job;
}

bool built(const GateResult& result) { return result.verdict == Verdict::DONE; }

/// The fault is in what was to be built, not in the lab.
bool refused(const GateResult& result) {
  return result.verdict == Verdict::SKIP || result.verdict == Verdict::ERROR;
}

std::string text_of(const boost::json::object& metadata, std::string_view member) {
  const auto* value = metadata.if_contains(member);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

double number_of(const boost::json::object& metadata, std::string_view member) {
  const auto* value = metadata.if_contains(member);
  return value != nullptr && value->is_double() ? value->get_double() : 0;
}

}  // namespace

void Gate::fill_kernel(GateKernel& kernel, const KernelSpec& spec, const GateResult& result) {
  kernel.title = kernel_title(spec);
  if (result.report.builds.empty()) return;
  const BuildReport& build = result.report.builds.front();
  kernel.release = build.release;
  kernel.base_version = build.base_version;
  kernel.build = build.digest;
  kernel.build_id = build.build_id;
  boost::system::error_code code;
  const auto metadata = boost::json::parse(build.metadata_json, code);
  if (code || !metadata.is_object()) return;
  kernel.content = text_of(metadata.get_object(), "runtime_sha256");
  kernel.compiler = text_of(metadata.get_object(), "compiler");
  kernel.build_command = text_of(metadata.get_object(), "reproducer");
  // A build that was there already took this job no time at all.
  const double took = number_of(metadata.get_object(), "duration_seconds");
  const double wall = std::chrono::duration<double>(result.report.wall).count();
  kernel.build_seconds = wall < took ? 0 : wall;
}

Task<bool> Gate::build() {
  co_await enter("building");
  const ComparedKernels kernels = compared_kernels(suite_.cases.front(), order_);
  std::vector<Job> jobs;
  jobs.push_back(build_job(*kernels.baseline, "baseline"));
  jobs.push_back(build_job(*kernels.candidate, "candidate"));
  GateStep wanted = step("build", std::move(jobs));
  wanted.in_turn = true;  // the candidate grows out of the baseline
  const std::vector<GateResult> results = co_await runner_.run(std::move(wanted));
  const GateResult& baseline = results.at(0);
  const GateResult& candidate = results.at(1);
  note_origin(results);
  fill_kernel(report_.baseline, *kernels.baseline, baseline);
  fill_kernel(report_.candidate, *kernels.candidate, candidate);
  if (!built(baseline)) {
    report_.answer = GateAnswer::lab_trouble;
    report_.reason = "the baseline could not be built: " + baseline.reason;
    co_return false;
  }
  worker_ = candidate.worker;
  if (refused(candidate)) {
    co_await find_bad_patch(*kernels.candidate, candidate);
    co_return false;
  }
  if (!built(candidate)) {
    report_.answer = GateAnswer::lab_trouble;
    report_.reason = "the candidate could not be built: " + candidate.reason;
    co_return false;
  }
  const bool known = !report_.candidate.content.empty();
  report_.changes_nothing = known && report_.candidate.content == report_.baseline.content;
  if (!report_.changes_nothing) co_return true;
  report_.answer = GateAnswer::may_go_in;
  report_.reason =
      "the series changes nothing that runs: code and data of the candidate equal the baseline's, "
      "so "
      "nothing was booted";
  co_return false;
}

Task<GateResult> Gate::build_with(const KernelSpec& candidate, std::size_t patches) {
  KernelSpec kernel = candidate;
  kernel.series.resize(kernel.series.size() - order_.series.size());
  for (Series& series : first_patches(patches)) kernel.series.push_back(std::move(series));
  std::vector<Job> jobs;
  jobs.push_back(build_job(kernel, fmt::format("patches 1 to {}", patches)));
  GateStep wanted = step(fmt::format("build-{}", patches), std::move(jobs));
  std::vector<GateResult> results = co_await runner_.run(std::move(wanted));
  note_origin(results);
  co_return std::move(results.front());
}

// The first prefix of the series that fails: patches before it are good without those after it.
Task<void> Gate::find_bad_patch(const KernelSpec& candidate, const GateResult& whole) {
  std::size_t good = 0;
  std::size_t bad = patch_count();
  std::string reason = whole.reason;
  while (bad - good > 1) {
    const std::size_t middle = good + (bad - good) / 2;
    const GateResult part = co_await build_with(candidate, middle);
    if (built(part)) {
      good = middle;
    } else if (refused(part)) {
      bad = middle;
      reason = part.reason;
    } else {
      break;  // the lab broke: what is known is that the whole fails
    }
  }
  GatePatch& patch = report_.patches.at(bad - 1);
  patch.trouble = reason;
  const std::string line = reason.substr(0, reason.find('\n'));
  report_.answer = GateAnswer::does_not_apply;
  report_.reason = patch_count() == 1 ? line
                                      : fmt::format("patch {} of {} (\"{}\"): {}", bad,
                                                    patch_count(), patch.name, line);
}

namespace {

void add_new(std::vector<std::string>& list, const std::string& entry) {
  if (!entry.empty() && std::ranges::find(list, entry) == list.end()) list.push_back(entry);
}

}  // namespace

void Gate::note_origin(const std::vector<GateResult>& results) {
  for (const GateResult& result : results) {
    add_new(report_.lab.workers, result.report.worker);
    if (report_.lab.accel.empty()) report_.lab.accel = result.report.accel;
  }
}

}  // namespace luolab
