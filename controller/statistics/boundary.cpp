// SPDX-License-Identifier: Apache-2.0
#include "controller/statistics/boundary.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include "controller/statistics/hodges_lehmann.h"

namespace luolab {
namespace {

/// z values that differ by less are the same: they are sums of the same ranks in another order.
constexpr float kSame = 1e-4F;

/// signs[block][labelling]; labelling 0 is the one that was drawn.
using Signs = std::vector<std::vector<float>>;

Signs draw_signs(std::size_t blocks, const BoundaryPlan& plan) {
  std::mt19937_64 random(plan.seed);
  Signs signs(blocks, std::vector<float>(plan.flips, 1.0F));
  for (auto& row : signs) {
    std::uint64_t bits = 0;
    for (std::size_t i = 1; i < row.size(); ++i, bits >>= 1U) {
      if (i % 64 == 1) bits = random();
      row[i] = (bits & 1U) != 0 ? 1.0F : -1.0F;
    }
  }
  return signs;
}

/// |z| of a phase at a look, of every labelling.
std::vector<float> labelled(const BlockFigures& phase, std::size_t blocks, const Signs& signs,
                            double& drawn) {
  std::vector<double> figures;
  std::vector<std::size_t> where;
  for (std::size_t block = 0; block < blocks; ++block)
    if (phase[block]) {
      figures.push_back(*phase[block]);
      where.push_back(block);
    }
  const std::vector<double> ranks = signed_ranks(figures);
  double squares = 0;
  for (const double rank : ranks) squares += rank * rank;

  std::vector<float> sums(signs.empty() ? 0 : signs.front().size(), 0.0F);
  drawn = 0;
  if (squares == 0) return sums;
  for (std::size_t i = 0; i < ranks.size(); ++i) {
    const auto rank = static_cast<float>(ranks[i] / std::sqrt(squares));
    const float* sign = signs[where[i]].data();
    for (std::size_t row = 0; row < sums.size(); ++row) sums[row] += rank * sign[row];
  }
  drawn = sums.front();
  for (float& sum : sums) sum = std::abs(sum);
  return sums;
}

/// Share of labellings that reach what the drawn one has.
double reached(const std::vector<float>& values, float drawn) {
  const auto count = std::count_if(values.begin(), values.end(),
                                   [&](float value) { return value >= drawn - kSame; });
  return static_cast<double>(count) / static_cast<double>(values.size());
}

/// The least value that at most `room` of these reach.
double least_reached_by(std::vector<float> values, std::size_t room) {
  constexpr double kNever = std::numeric_limits<double>::infinity();
  std::sort(values.begin(), values.end(), std::greater<>());
  room = std::min(room, values.size());
  if (room == 0) return kNever;
  if (room == values.size()) return values.back() - kSame;
  while (room > 0 && values[room - 1] - values[room] < kSame) --room;
  return room == 0 ? kNever : (static_cast<double>(values[room - 1]) + values[room]) / 2;
}

double spent(const BoundaryPlan& plan, std::size_t blocks) {
  return plan.alpha * static_cast<double>(blocks) / static_cast<double>(plan.looks.back());
}

}  // namespace

std::vector<Look> walk_looks(std::span<const BlockFigures> phases, const BoundaryPlan& plan) {
  const std::size_t have = phases.empty() ? 0 : phases.front().size();
  const Signs signs = draw_signs(have, plan);
  std::vector<bool> crossed(plan.flips, false);
  std::vector<Look> looks;
  for (const std::size_t blocks : plan.looks) {
    if (blocks > have) break;
    Look look;
    look.blocks = blocks;
    std::vector<float> largest(plan.flips, 0.0F);
    for (const BlockFigures& phase : phases) {
      const std::vector<float> values = labelled(phase, blocks, signs, look.z.emplace_back());
      look.p.push_back(reached(values, values.front()));
      for (std::size_t row = 0; row < values.size(); ++row)
        largest[row] = std::max(largest[row], values[row]);
    }
    for (const double z : look.z)
      look.p_adjusted.push_back(reached(largest, static_cast<float>(std::abs(z))));

    const auto before = static_cast<std::size_t>(std::count(crossed.begin(), crossed.end(), true));
    const auto may =
        static_cast<std::size_t>(spent(plan, blocks) * static_cast<double>(plan.flips));
    std::vector<float> left;
    for (std::size_t row = 0; row < largest.size(); ++row)
      if (!crossed[row]) left.push_back(largest[row]);
    look.critical = least_reached_by(std::move(left), may > before ? may - before : 0);
    for (std::size_t row = 0; row < largest.size(); ++row)
      if (largest[row] >= look.critical) crossed[row] = true;
    looks.push_back(std::move(look));
  }
  return looks;
}

std::optional<std::size_t> first_useful_look(std::size_t phases, const BoundaryPlan& plan) {
  for (const std::size_t blocks : plan.looks) {
    const double one = std::ldexp(1.0, 1 - static_cast<int>(blocks));
    if (1 - std::pow(1 - one, static_cast<double>(phases)) <= spent(plan, blocks)) return blocks;
  }
  return std::nullopt;
}

}  // namespace luolab
