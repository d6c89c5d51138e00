// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "controller/statistics/latency.h"

namespace luolab {

/// How boots differ from one another when the kernel is the same.
enum class Noise {
  log_normal,
  heavy_tailed,    ///< log-normal, and one boot in ten takes 1.2 to 2 times as long
  drifting,        ///< log-normal, and the machine slows down by 1 % a block
  autocorrelated,  ///< each boot keeps 0.7 of the deviation of the one before it
};

struct SimulatedGate {
  Noise noise = Noise::log_normal;
  double spread = 0.03;    ///< standard deviation of the log of a boot's duration
  double shift = 0;        ///< of the candidate in the first phase: 0.05 is 5 % slower
  std::size_t phases = 8;  ///< half of a boot's deviation is common to all of them
  std::uint64_t seed = 1;
};

/// A gate over the whole plan as it would be run: boots block by block in a drawn order, looks at
/// each look, and ends when the analysis says so.
LatencyDecision simulate(const SimulatedGate& gate, const LatencySettings& settings);

}  // namespace luolab
