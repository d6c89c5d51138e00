// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/async/task.h"
#include "worker/fleet/fleet_controller.h"
#include "worker/fleet/fleet_host.h"
#include "worker/fleet/install_plan.h"

namespace luolab {

/// What is done on all machines of one command.
struct FleetRequest {
  FleetOrder order = FleetOrder::add;
  bool dry_run = false;
  bool discard = false;    ///< remove: also results that no controller has taken
  std::string controller;  ///< URL that the workers get
  std::string authority;   ///< PEM; empty: none
  std::string token;       ///< the worker's; empty: the machine's own, or one that is made
  int wait_seconds = 30;   ///< for a controller's welcome
  WorkerPayload payload;   ///< remove: empty
};

enum class MachineState {
  unchanged,
  changed,
  would_change,  ///< a dry run
  waiting,       ///< it is installed and runs; no controller has welcomed it yet
  failed,
  interrupted,
};

/// What became of a machine.
struct MachineOutcome {
  MachineState state = MachineState::failed;
  std::string worker;  ///< its name; empty where the machine was not asked
  std::vector<std::pair<std::string, std::string>> steps;  ///< "program", "unchanged"
  std::string what;  ///< why not, or what to know; several lines where there are several reasons
};

/// Adds, upgrades or removes the worker of one machine over SSH. Nothing is written before all
/// obstacles are known; what was begun and fails, or is cancelled, is undone. One use.
class FleetWorker {
 public:
  using Progress = FleetHost::Progress;

  /// `request`, `controller` (may be null) and `machine` outlive it.
  FleetWorker(const FleetMachine& machine, const FleetRequest& request, FleetController* controller,
              Progress progress);
  /// Throws nothing: cancelling is told in the outcome.
  Task<MachineOutcome> run();

 private:
  Task<Result<void>> carry_out();
  Task<Result<void>> ask();
  Task<Result<void>> install();
  Task<Result<void>> write();
  Task<Result<void>> put_in_place();
  Task<Result<void>> start();
  Task<Result<void>> take_away();
  Task<Result<void>> let_go();
  Task<Result<void>> drain();
  Task<Result<void>> get_token();
  Task<std::string> undo();
  void plan();
  void report_steps(std::string_view changed);
  void report_removal(std::string_view changed);
  Result<void> unless(std::vector<std::string> obstacles) const;

  const FleetMachine& machine_;
  const FleetRequest& request_;
  FleetController* controller_;
  FleetHost host_;
  HostFacts facts_;
  WorkerSettings settings_;
  InstallPlan plan_;
  std::string token_id_;   ///< that was made for this installation
  bool begun_ = false;     ///< something may have been written
  bool started_ = false;   ///< the service may have been touched
  bool drained_ = false;   ///< to be resumed
  bool stands_ = false;    ///< it is in place and was started: nothing is undone any more
  bool removing_ = false;  ///< the worker may be stopped, and some of it gone
  MachineOutcome outcome_;
};

}  // namespace luolab
