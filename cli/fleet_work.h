// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "cli/command.h"
#include "worker/fleet/fleet_worker.h"

namespace luolab {

/// Flags of `luolab fleet add`, `upgrade` and `remove`.
struct FleetWorkFlags {
  std::vector<std::string> targets;  ///< USER@HOST[:PORT]; with an inventory also names of it
  std::string inventory;
  std::string controller;
  std::string token_file;        ///< of the workers' token
  std::string admin_token_file;  ///< for making tokens, draining, forgetting
  std::string ca_file;
  std::string from;  ///< a tree that `cmake --install` made; empty: what runs now
  FleetMachine machine;
  std::string prefix = "/usr/local";
  unsigned parallel = 8;
  int wait_seconds = 30;
  int drain_seconds = 600;
  bool dry_run = false;
  bool discard = false;
  bool json = false;
};

/// Adds the flags that the order takes.
void add_fleet_work_flags(CLI::App& command, FleetOrder order, FleetWorkFlags& flags);

/// Does it on all machines and says what became of each: an exit code.
int run_fleet_work(FleetOrder order, const FleetWorkFlags& flags, const Places& places);

}  // namespace luolab
