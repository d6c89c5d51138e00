// SPDX-License-Identifier: Apache-2.0
#include "cli/local_bench.h"

#include <unistd.h>

#include <fstream>
#include <iostream>

#include <fmt/format.h>

#include "cli/run_progress.h"
#include "controller/gate/gate_record.h"

namespace luolab {
namespace {

constexpr const char* kWorker = "local";

std::string cpu_model() {
  constexpr std::string_view kKey = "model name";
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    const auto colon = line.find(": ");
    if (line.starts_with(kKey) && colon != std::string::npos) return line.substr(colon + 2);
  }
  return {};
}

}  // namespace

LocalBench::LocalBench(Store& store, std::optional<GateId> gate, const Places& places,
                       const Catalog& catalog, LocalRunFlags flags)
    : store_(store), gate_(gate), places_(places), catalog_(catalog), flags_(std::move(flags)) {}

Task<std::vector<GateResult>> LocalBench::run(GateStep step) {
  const CreatedRun created = store_.create_run(
      {.title = step.title, .submitter = login_name(), .command_line = flags_.command_line},
      step.jobs);
  runs_.push_back(created.id);
  if (gate_) store_.note_gate_step(*gate_, step.name, created.id);
  LocalRunFlags flags = flags_;
  if (step.in_turn) flags.slots = 1;
  {
    RunProgress progress(step.jobs.size(), ::isatty(STDERR_FILENO) == 1,
                         terminal_style(STDERR_FILENO), ProgressDetail::troubles);
    co_await run_created(created, step.jobs, places_, catalog_, flags, progress);
  }
  std::vector<GateResult> results;
  RunRecord run = store_.run(created.id).value();
  for (JobRecord& job : run.jobs) results.push_back(result_of(std::move(job), kWorker));
  co_return results;
}

Task<std::optional<KnownResult>> LocalBench::recall(std::string key) {
  const auto job = store_.known_result(key);
  if (!job) co_return std::nullopt;
  const auto summary = store_.job_summary(*job);
  if (!summary || !summary->verdict) co_return std::nullopt;
  co_return KnownResult{id_text(*job), *summary->verdict, summary->reason};
}

Task<void> LocalBench::remember(std::string key, std::string job) {
  if (const auto id = parse_job_id(job)) store_.remember_result(key, *id);
  co_return;
}

Task<void> LocalBench::publish(const GateReport& report) {
  if (gate_) store_.save_gate(*gate_, progress_of(report));
  if (report.stage != stage_ && !report.stage.empty()) std::cerr << report.stage << '\n';
  stage_ = report.stage;
  co_return;
}

GateLab LocalBench::lab() const {
  GateLab lab;
  lab.version = LUOLAB_VERSION;
  lab.cpu = cpu_model();
  return lab;
}

std::string LocalBench::now() const {
  return time_text(
      std::chrono::time_point_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now()));
}

}  // namespace luolab
