// SPDX-License-Identifier: Apache-2.0
// Prints how often simulated gates come to which answer: luolab-simulate-gate [GATES]
#include <cstdlib>
#include <string>

#include <fmt/format.h>

#include "tests/bench/gate-statistics/simulated_gate.h"

namespace luolab {
namespace {

struct Tally {
  double slower = 0, faster = 0, same = 0, open = 0;  ///< first phase
  double false_alarms = 0;                            ///< gates with a wrong call in another phase
  double boots = 0;                                   ///< of each kernel
};

Tally tally(SimulatedGate gate, std::size_t gates) {
  Tally tally;
  const double one = 1.0 / static_cast<double>(gates);
  for (std::size_t i = 0; i < gates; ++i) {
    gate.seed = i + 1;
    const LatencyDecision decision = simulate(gate, {});
    bool wrong = false;
    for (std::size_t k = gate.shift == 0 ? 0 : 1; k < decision.phases.size(); ++k)
      wrong = wrong || decision.phases[k].outcome == PhaseOutcome::slower ||
              decision.phases[k].outcome == PhaseOutcome::faster;
    tally.false_alarms += wrong ? one : 0;
    tally.boots += 2 * static_cast<double>(decision.blocks) * one;
    switch (decision.phases.front().outcome) {
      case PhaseOutcome::slower:
        tally.slower += one;
        break;
      case PhaseOutcome::faster:
        tally.faster += one;
        break;
      case PhaseOutcome::same:
        tally.same += one;
        break;
      case PhaseOutcome::inconclusive:
        tally.open += one;
        break;
    }
  }
  return tally;
}

void print(const char* name, const SimulatedGate& gate, std::size_t gates) {
  const Tally t = tally(gate, gates);
  fmt::print("| {} | {:.0f} % | {:.0f} % | {:.1f} | {:.1f} | {:.1f} | {:.1f} | {:.1f} | {:.1f} |\n",
             name, gate.spread * 100, gate.shift * 100, t.slower * 100, t.same * 100,
             t.faster * 100, t.open * 100, t.false_alarms * 100, t.boots);
}

}  // namespace
}  // namespace luolab

int main(int argc, char** argv) {
  const std::size_t gates = argc > 1 ? std::stoul(argv[1]) : 2000;
  fmt::print(
      "| noise | spread of a boot | shift | slower, % | same | faster | inconclusive | false alarm "
      "in any phase | boots of each |\n|---|---|---|---|---|---|---|---|---|\n");
  using luolab::Noise;
  const std::pair<const char*, Noise> kinds[] = {{"log-normal", Noise::log_normal},
                                                 {"heavy-tailed", Noise::heavy_tailed},
                                                 {"drifting", Noise::drifting},
                                                 {"autocorrelated", Noise::autocorrelated}};
  for (const auto& [name, noise] : kinds)
    for (const double spread : {0.03, 0.08})
      for (const double shift : {0.0, 0.05, 0.12})
        luolab::print(name, {.noise = noise, .spread = spread, .shift = shift}, gates);
  return 0;
}
