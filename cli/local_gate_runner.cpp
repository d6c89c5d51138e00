// SPDX-License-Identifier: Apache-2.0
#include "cli/local_gate_runner.h"

#include <unistd.h>

#include <fstream>
#include <iostream>

#include <fmt/format.h>

#include "cli/run_progress.h"
#include "controller/gate/gate_storage.h"
#include "db/event_writer.h"

namespace luolab {
namespace {

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

LocalGateRunner::LocalGateRunner(Store& store, std::optional<GateId> gate, const Places& places,
                                 const Catalog& catalog, LocalRunFlags flags)
    : store_(store), gate_(gate), places_(places), catalog_(catalog), flags_(std::move(flags)) {}

Task<std::vector<GateResult>> LocalGateRunner::run(GateStep step) {
  const CreatedRun created = store_.create_run(
      {.title = step.title, .submitter = login_name(), .command_line = flags_.command_line},
      step.jobs);
  if (gate_) store_.note_gate_step(*gate_, step.name, created.id);
  LocalRunFlags flags = flags_;
  if (step.in_turn) flags.slots = 1;
  {
    RunProgress progress(step.jobs.size(), ::isatty(STDERR_FILENO) == 1,
                         terminal_style(STDERR_FILENO), ProgressDetail::troubles);
    co_await run_created(created, step.jobs, places_, catalog_, flags, progress);
  }
  co_return results_of(store_, created.id);
}

Task<std::optional<KnownResult>> LocalGateRunner::recall(std::string key) {
  co_return recalled(store_, key);
}

Task<void> LocalGateRunner::remember(std::string key, std::string job) {
  luolab::remember(store_, key, job);
  co_return;
}

Task<void> LocalGateRunner::publish(const GateReport& report) {
  if (gate_) store_.save_gate(*gate_, progress_of(report));
  if (report.stage != stage_ && !report.stage.empty()) std::cerr << report.stage << '\n';
  stage_ = report.stage;
  co_return;
}

GateLab LocalGateRunner::lab() const {
  GateLab lab;
  lab.version = LUOLAB_VERSION;
  lab.cpu = cpu_model();
  return lab;
}

std::string LocalGateRunner::now() const { return time_text(luolab::now()); }

}  // namespace luolab
