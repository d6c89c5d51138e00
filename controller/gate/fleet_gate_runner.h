// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "controller/events/event_hub.h"
#include "controller/gate/gate_runner.h"
#include "controller/lab/lab.h"
#include "controller/lab/store_reader.h"
#include "db/gate_record.h"

namespace luolab {

/// What a controller's gates work with; borrowed, outlives them.
struct GateGround {
  Lab& lab;
  StoreWriter& writer;
  StoreReader& reader;
  EventHub& events;
  std::string version;
};

/// Runs a gate's jobs on the controller's fleet, each step as a run of its own. A step is submitted
/// under a key of its own, so one that was submitted before a restart is found again, and waited
/// for. Cancelling stops waiting and leaves the jobs alone: the gate goes on after a restart.
class FleetGateRunner final : public GateRunner {
 public:
  FleetGateRunner(GateGround ground, GateId gate, std::string submitter, int priority);

  Task<std::vector<GateResult>> run(GateStep step) override;
  Task<std::optional<KnownResult>> recall(std::string key) override;
  Task<void> remember(std::string key, std::string job) override;
  Task<void> publish(const GateReport& report) override;
  GateLab lab() const override;
  std::string now() const override;

 private:
  Task<RunId> submit(GateStep step);
  Task<void> wait_for(RunId run);

  GateGround ground_;
  GateId gate_;
  std::string submitter_;
  int priority_;
};

}  // namespace luolab
