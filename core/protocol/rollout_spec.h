// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace luolab {

/// How one scenario of a run goes over a fleet: which of its targets come first, and how much may
/// go wrong before the rest is left alone. A plain value.
struct RolloutSpec {
  std::string scenario;                         ///< whose jobs they are
  std::vector<std::vector<std::string>> waves;  ///< names of targets; none is empty
  bool canary = false;                          ///< the first wave is the canary
  std::uint32_t error_budget = 0;               ///< so many targets may go wrong
  std::chrono::nanoseconds soak{};              ///< from the end of a wave to the next
};

}  // namespace luolab
