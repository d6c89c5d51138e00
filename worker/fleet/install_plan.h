// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "worker/fleet/host_facts.h"
#include "worker/fleet/worker_payload.h"

namespace luolab {

/// What is asked for on a machine.
enum class FleetOrder {
  add,      ///< everything
  upgrade,  ///< what the payload has: programs, data, unit; the machine's own settings stay
  remove,
};

/// One thing on the machine, and what becomes of it.
struct InstallStep {
  std::string name;
  bool change = false;
};

/// What add or upgrade do on a machine. Plain value, made from what was asked for and what is
/// there.
struct InstallPlan {
  std::vector<InstallStep> steps;      ///< for people, in their order
  std::vector<InstalledItem> changed;  ///< to be written
  bool make_user = false;
  bool enable = false;   ///< the unit is not enabled yet
  bool restart = false;  ///< something changed that the worker must see, or it does not run

  bool changes() const;
};

/// Pure. `items`: of which those that the order does not touch are left out.
InstallPlan make_plan(FleetOrder order, const HostFacts& facts,
                      const std::vector<InstalledItem>& items);

/// What stands in the way of that plan, each with its remedy; empty: nothing. Pure. `user`: whom
/// the worker is to run as; `glibc`: the version that the programs were built with.
std::vector<std::string> install_obstacles(FleetOrder order, const WorkerLayout& layout,
                                           const HostFacts& facts, const InstallPlan& plan,
                                           std::string_view user, std::string_view glibc);

/// What stands in the way of taking a worker away.
std::vector<std::string> removal_obstacles(const HostFacts& facts);

}  // namespace luolab
