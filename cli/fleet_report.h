// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "worker/fleet/fleet_worker.h"

namespace luolab {

/// A machine and what became of it.
struct FleetEntry {
  std::string machine;  ///< "root@10.0.0.7:22"
  MachineOutcome outcome;
};

/// A table for people: machine, worker, state, and what was done or why not. Pure.
std::string fleet_table(const std::vector<FleetEntry>& entries);

/// As JSON, schema luolab.fleet-work/v1 (docs/cli.md). Pure.
boost::json::object fleet_json(FleetOrder order, bool dry_run,
                               const std::vector<FleetEntry>& entries);

/// Whether all of it is as it was asked for.
bool all_well(const std::vector<FleetEntry>& entries);

/// Says on standard error how machines go on: on a terminal one line for each machine that is
/// worked on, which changes in place; elsewhere a line when one begins and when it ends.
class FleetProgress {
 public:
  explicit FleetProgress(bool terminal) : terminal_(terminal) {}
  ~FleetProgress() { erase(); }
  void doing(const std::string& machine, std::string_view what);
  void ended(const std::string& machine, const MachineOutcome& outcome);

 private:
  void erase();
  void draw();

  bool terminal_;
  std::size_t drawn_ = 0;  ///< lines on the terminal that are to be drawn over
  std::vector<std::pair<std::string, std::string>> running_;  ///< machine, what is done there
};

}  // namespace luolab
