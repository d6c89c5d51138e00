// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/gate-statistics/simulated_gate.h"

#include <cmath>
#include <random>
#include <vector>

#include <fmt/format.h>

#include "controller/statistics/block_order.h"

namespace luolab {
namespace {

/// Boots one after the other on a machine that isn't quite steady.
class Machine {
 public:
  Machine(const SimulatedGate& gate, std::vector<PhaseSamples>& phases)
      : gate_(gate), phases_(phases), random_(gate.seed), deviation_(gate.phases, 0.0) {}

  void boot(bool candidate) {
    const double common = normal_(random_);
    const double late = lateness();
    for (std::size_t i = 0; i < phases_.size(); ++i) {
      const double fresh = gate_.spread * std::sqrt(0.5) * (common + normal_(random_));
      const double kept = gate_.noise == Noise::autocorrelated ? 0.7 : 0;
      deviation_[i] = kept * deviation_[i] + std::sqrt(1 - kept * kept) * fresh;
      const double shift = candidate && i == 0 ? std::log1p(gate_.shift) : 0;
      const double seconds = 0.2 * std::exp(deviation_[i] + late + shift);
      (candidate ? phases_[i].candidate : phases_[i].baseline).emplace_back(seconds);
    }
    ++boots_;
  }

 private:
  double lateness() {
    if (gate_.noise == Noise::drifting) return 0.0025 * static_cast<double>(boots_);
    if (gate_.noise != Noise::heavy_tailed || uniform_(random_) >= 0.1) return 0;
    return std::log(1.2 + 0.8 * uniform_(random_));
  }

  const SimulatedGate& gate_;
  std::vector<PhaseSamples>& phases_;
  std::mt19937_64 random_;
  std::normal_distribution<double> normal_;
  std::uniform_real_distribution<double> uniform_;
  std::vector<double> deviation_;
  std::size_t boots_ = 0;
};

}  // namespace

LatencyDecision simulate(const SimulatedGate& gate, const LatencySettings& settings) {
  std::vector<PhaseSamples> phases(gate.phases);
  for (std::size_t i = 0; i < phases.size(); ++i) phases[i].name = fmt::format("phase-{}", i);
  Machine machine(gate, phases);
  LatencyDecision decision;
  std::size_t blocks = 0;
  const auto orders = block_orders(gate.seed ^ 0x9e3779b97f4a7c15U, settings.looks.back());
  for (const std::size_t look : settings.looks) {
    for (; blocks < look; ++blocks) {
      const bool outside = orders[blocks] == BlockOrder::candidate_outside;
      for (const bool candidate : {outside, !outside, !outside, outside}) machine.boot(candidate);
    }
    decision = analyse(phases, settings);
    if (!decision.go_on) break;
  }
  return decision;
}

}  // namespace luolab
