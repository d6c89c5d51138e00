// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "controller/gate/gate_report.h"
#include "controller/gate/gate_runner.h"
#include "controller/statistics/latency.h"
#include "core/protocol/job.h"

namespace luolab {

/// Two kernels, boot by boot, on one worker.
struct BootComparison {
  std::string name;      ///< of its steps, unique in the gate: "latency"
  std::string title;     ///< for people
  std::string scenario;  ///< of both jobs
  Job baseline, candidate;
  std::vector<std::string> phases;  ///< that are compared
  std::string worker;               ///< where; empty: any, always the same
  std::uint64_t seed = 1;           ///< draws the order of boots
  LatencySettings settings;
};

struct ComparedBoots {
  std::vector<GatePhase> phases;
  std::vector<GateResult> failures;  ///< boots of the candidate that did not pass
  std::uint32_t dropped = 0;         ///< blocks that the lab broke
};

/// Boots both kernels in blocks of four until every phase is decided, one is slower, or the plan is
/// at its end (docs/gate-statistics.md). A block in which a boot did not pass, or not at the first
/// attempt, is dropped and made again, but at most as many as the plan has. Throws what the runner
/// throws.
Task<ComparedBoots> compare_boots(BootComparison comparison, GateRunner& runner);

}  // namespace luolab
