// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace luolab {

/// A phase's figure of each block, in the order of the blocks; nothing: it was not measured there.
using BlockFigures = std::vector<std::optional<double>>;

/// What one look at the blocks so far says, against what chance does.
struct Look {
  std::size_t blocks = 0;
  double critical = 0;    ///< |z| from which on a phase differs; infinite: nothing can differ yet
  std::vector<double> z;  ///< of each phase: its signed-rank sum, standardised
  std::vector<double> p;  ///< of each phase for itself
  std::vector<double> p_adjusted;  ///< corrected over the phases
};

/// How error is spent, and how finely chance is counted.
struct BoundaryPlan {
  double alpha = 0.05;                 ///< over all phases and all looks
  std::span<const std::size_t> looks;  ///< numbers of blocks, ascending; the last is the end
  std::size_t flips = 4096;            ///< labellings, the one that was drawn among them
  std::uint64_t seed = 1;              ///< of the other labellings
};

/// Goes through the looks that the blocks so far have reached. Each look's boundary is such that,
/// of all labellings of the blocks, no more than alpha x (blocks / last look) have crossed a
/// boundary in any phase up to there. Labellings are shared by phases and looks, so whatever binds
/// phases together is kept. All phases have the same number of blocks. Pure.
std::vector<Look> walk_looks(std::span<const BlockFigures> phases, const BoundaryPlan& plan);

/// The first look at which one phase among `phases` can differ at all, if phases have nothing in
/// common: with n blocks there are 2^n labellings. Nothing: not before the plan's end.
std::optional<std::size_t> first_useful_look(std::size_t phases, const BoundaryPlan& plan);

}  // namespace luolab
