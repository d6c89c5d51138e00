// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <boost/describe/enum.hpp>

namespace luolab {

/// A phase as it was measured. Two boots of each kernel a block, in the order they were made:
/// entries 2k and 2k + 1 belong to block k. Seconds; nothing, or nothing above 0: not measured.
struct PhaseSamples {
  std::string name;
  std::vector<std::optional<double>> baseline;
  std::vector<std::optional<double>> candidate;
};

struct LatencySettings {
  double alpha = 0.05;             ///< rate of false alarms over all phases and looks together
  double matters = 0.05;           ///< the smallest shift that matters, as a part of the baseline
  double matters_seconds = 0.001;  ///< a smaller shift never matters, however short the phase is
  std::vector<std::size_t> looks{4, 6, 8, 12, 16, 24};  ///< blocks, ascending; the last is the end
  std::size_t flips = 4096;                             ///< labellings that chance is counted with
  std::uint64_t seed = 1;                               ///< of those; not of the order of boots
};

/// What the boots say about a phase.
enum class PhaseOutcome {
  same,  ///< the interval lies within the smallest shift that matters
  slower,
  faster,
  inconclusive,
};
BOOST_DESCRIBE_ENUM(PhaseOutcome, same, slower, faster, inconclusive)

struct PhaseDecision {
  std::string name;
  PhaseOutcome outcome = PhaseOutcome::inconclusive;
  double shift = 0;                 ///< candidate / baseline - 1
  std::optional<double> low, high;  ///< both or neither; neither: too few blocks for any interval
  double p = 1;                     ///< randomisation test, of this phase at this look
  double p_adjusted = 1;            ///< corrected over the phases
  double matters = 0;               ///< as a part of the baseline, matters_seconds in it
  double baseline_median = 0;       ///< seconds
  double candidate_median = 0;
  std::size_t blocks = 0;        ///< that were used
  std::size_t left_out = 0;      ///< blocks in which a boot has no figure
  std::size_t boots_needed = 0;  ///< of each kernel; inconclusive: about so many would decide
  std::string sentence;
};

struct LatencyDecision {
  std::vector<PhaseDecision> phases;  ///< as they were given
  std::size_t blocks = 0;             ///< at the last look; what came after it is not used yet
  bool go_on = true;                  ///< boot on, to `next_look`
  std::size_t next_look = 0;          ///< blocks; 0: the plan is at its end
  /// The first look at which phases that have nothing in common can differ; 0: never in this plan.
  std::size_t first_useful_look = 0;
};

/// What the blocks so far say. Call it with all blocks from the first on, at any time; the
/// looks of the plan are the only ones taken, so calling it more often changes nothing. A phase
/// that was decided at a look stays decided, but for a shift that is certain and smaller than what
/// matters. Stops with the first phase that is slower by what matters, or when all are decided, or
/// at the plan's end. The method is docs/gate-statistics.md. Pure; throws std::invalid_argument
/// when looks do not ascend, or samples are not two a block.
LatencyDecision analyse(std::span<const PhaseSamples> phases, const LatencySettings& settings);

}  // namespace luolab
