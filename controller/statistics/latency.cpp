// SPDX-License-Identifier: Apache-2.0
#include "controller/statistics/latency.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include <boost/math/distributions/normal.hpp>
#include <fmt/format.h>

#include "controller/statistics/boundary.h"
#include "controller/statistics/hodges_lehmann.h"

namespace luolab {
namespace {

void check(std::span<const PhaseSamples> phases, const LatencySettings& settings) {
  const auto& looks = settings.looks;
  if (looks.empty() || looks.front() == 0 ||
      std::adjacent_find(looks.begin(), looks.end(), std::greater_equal<>()) != looks.end())
    throw std::invalid_argument("looks: numbers of blocks must ascend, from 1 on");
  if (settings.flips < 2) throw std::invalid_argument("flips: at least 2 labellings are needed");
  for (const PhaseSamples& phase : phases)
    if (phase.baseline.size() != phase.candidate.size() || phase.baseline.size() % 2 != 0 ||
        phase.baseline.size() != phases.front().baseline.size())
      throw std::invalid_argument(
          fmt::format("phase {}: {} boots of the baseline and {} of the candidate are not two of "
                      "each a block, alike for all phases",
                      phase.name, phase.baseline.size(), phase.candidate.size()));
}

std::optional<double> logarithm(std::optional<double> seconds) {
  if (!seconds || !std::isfinite(*seconds) || *seconds <= 0) return std::nullopt;
  return std::log(*seconds);
}

/// Of one block: log of the candidate's geometric mean over the baseline's.
std::optional<double> block_figure(const PhaseSamples& phase, std::size_t block) {
  double figure = 0;
  for (const std::size_t boot : {2 * block, 2 * block + 1}) {
    const auto baseline = logarithm(phase.baseline[boot]);
    const auto candidate = logarithm(phase.candidate[boot]);
    if (!baseline || !candidate) return std::nullopt;
    figure += (*candidate - *baseline) / 2;
  }
  return figure;
}

BlockFigures block_figures(const PhaseSamples& phase) {
  BlockFigures figures;
  for (std::size_t block = 0; 2 * block < phase.baseline.size(); ++block)
    figures.push_back(block_figure(phase, block));
  return figures;
}

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

/// Of the boots in the blocks that are used.
double median_of(const std::vector<std::optional<double>>& boots, const BlockFigures& figures,
                 std::size_t blocks) {
  std::vector<double> values;
  for (std::size_t block = 0; block < blocks; ++block)
    if (figures[block])
      for (const std::size_t boot : {2 * block, 2 * block + 1}) values.push_back(*boots[boot]);
  return median(std::move(values));
}

PhaseOutcome outcome_of(const HodgesLehmann::Interval& interval, double shift, double matters) {
  if (interval.low > -matters && interval.high < matters) return PhaseOutcome::same;
  // A shift that is there but too small to matter goes on until the interval says so.
  if (interval.low > 0 && shift >= matters / 2) return PhaseOutcome::slower;
  if (interval.high < 0 && shift <= -matters / 2) return PhaseOutcome::faster;
  return PhaseOutcome::inconclusive;
}

/// Half the width that an interval around this shift may have and still decide.
double width_that_decides(double shift, double matters) {
  const double away = std::abs(shift) >= matters / 2 ? std::abs(shift) : 0;
  return std::max(away, matters - std::abs(shift));
}

/// The boundary at the plan's end, as the normal distribution has it; before any look has one.
double expected_critical(double alpha, std::size_t phases) {
  const boost::math::normal normal;
  return boost::math::quantile(boost::math::complement(
      normal, alpha / 2 / static_cast<double>(std::max<std::size_t>(phases, 1))));
}

/// Spread of the block figures, as a standard deviation, from their median distance to the middle.
double spread(std::span<const double> figures, double middle) {
  std::vector<double> distances;
  for (const double figure : figures) distances.push_back(std::abs(figure - middle));
  return median(std::move(distances)) / boost::math::quantile(boost::math::normal(), 0.75);
}

/// Whether more boots could change what follows from it. A shift that is certain but smaller than
/// what matters is looked at further: it may turn out to be either.
bool is_settled(const PhaseDecision& phase) {
  if (phase.outcome == PhaseOutcome::same) return true;
  return phase.outcome != PhaseOutcome::inconclusive && std::abs(phase.shift) >= phase.matters;
}

/// One phase, from look to look.
class PhaseStory {
 public:
  PhaseStory(const PhaseSamples& samples, const BlockFigures& figures,
             const LatencySettings& settings)
      : samples_(samples), figures_(figures), settings_(settings) {
    decision_.name = samples.name;
  }

  void see(const Look& look, std::size_t index, std::size_t phases) {
    std::vector<double> used;
    for (std::size_t block = 0; block < look.blocks; ++block)
      if (figures_[block]) used.push_back(*figures_[block]);
    decision_.blocks = used.size();
    decision_.left_out = look.blocks - used.size();
    if (used.empty()) return;
    decision_.baseline_median = median_of(samples_.baseline, figures_, look.blocks);
    decision_.candidate_median = median_of(samples_.candidate, figures_, look.blocks);
    decision_.matters =
        std::max(settings_.matters, settings_.matters_seconds / decision_.baseline_median);
    decision_.p = look.p[index];
    decision_.p_adjusted = look.p_adjusted[index];
    estimate(used, look.critical, phases);
  }

  PhaseDecision told() {
    decision_.sentence = sentence();
    return decision_;
  }

 private:
  void estimate(std::span<const double> used, double critical, std::size_t phases) {
    const HodgesLehmann middle(used);
    const double shift = middle.estimate();
    const double matters = std::log1p(decision_.matters);
    const auto interval = middle.interval(critical);
    const bool settled = is_settled(decision_);
    decision_.shift = std::expm1(shift);
    decision_.low = decision_.high = std::nullopt;
    if (interval) {
      decision_.low = std::expm1(interval->low);
      decision_.high = std::expm1(interval->high);
      if (!settled) decision_.outcome = outcome_of(*interval, shift, matters);
    }
    decision_.boots_needed = 0;
    if (settled || is_settled(decision_)) return;
    const auto blocks = static_cast<double>(used.size());
    const double width = interval ? (interval->high - interval->low) / 2
                                  : expected_critical(settings_.alpha, phases) *
                                        spread(used, shift) / std::sqrt(blocks);
    const double ratio = width / width_that_decides(shift, matters);
    const double needed = std::clamp(std::ceil(blocks * ratio * ratio), blocks + 1, 1e6);
    decision_.boots_needed = 2 * static_cast<std::size_t>(needed);
  }

  std::string sentence() const {
    if (decision_.blocks == 0) return fmt::format("{} was not measured", decision_.name);
    return fmt::format("{} {} ({}, {} boots of each{})", decision_.name, verb(), interval_text(),
                       2 * decision_.blocks,
                       decision_.left_out == 0
                           ? ""
                           : fmt::format(", {} left out: not measured", 2 * decision_.left_out));
  }

  std::string verb() const {
    const double percent = std::abs(decision_.shift) * 100;
    switch (decision_.outcome) {
      case PhaseOutcome::same:
        return decision_.matters > settings_.matters
                   ? fmt::format("is the same within {:g} ms", settings_.matters_seconds * 1000)
                   : fmt::format("is the same within {:g} %", settings_.matters * 100);
      case PhaseOutcome::slower:
        return fmt::format("is {:.1f} % slower", percent);
      case PhaseOutcome::faster:
        return fmt::format("is {:.1f} % faster", percent);
      case PhaseOutcome::inconclusive:
        break;
    }
    return fmt::format("is not decided, about {} boots of each would", decision_.boots_needed);
  }

  std::string interval_text() const {
    if (!decision_.low) return "too few boots for an interval";
    return fmt::format("{:g} %: {:+.1f} .. {:+.1f} %", (1 - settings_.alpha) * 100,
                       *decision_.low * 100, *decision_.high * 100);
  }

  const PhaseSamples& samples_;
  const BlockFigures& figures_;
  const LatencySettings& settings_;
  PhaseDecision decision_;
};

bool decided(const PhaseDecision& phase) { return phase.blocks == 0 || is_settled(phase); }

bool stops(const std::vector<PhaseDecision>& phases) {
  return std::any_of(phases.begin(), phases.end(),
                     [](const auto& phase) {
                       return phase.outcome == PhaseOutcome::slower && is_settled(phase);
                     }) ||
         std::all_of(phases.begin(), phases.end(), decided);
}

}  // namespace

LatencyDecision analyse(std::span<const PhaseSamples> phases, const LatencySettings& settings) {
  check(phases, settings);
  std::vector<BlockFigures> figures;
  for (const PhaseSamples& phase : phases) figures.push_back(block_figures(phase));
  const BoundaryPlan plan{.alpha = settings.alpha,
                          .looks = settings.looks,
                          .flips = settings.flips,
                          .seed = settings.seed};
  std::vector<PhaseStory> stories;
  stories.reserve(phases.size());
  for (std::size_t i = 0; i < phases.size(); ++i)
    stories.emplace_back(phases[i], figures[i], settings);

  LatencyDecision decision;
  decision.first_useful_look = first_useful_look(phases.size(), plan).value_or(0);
  for (auto& story : stories) decision.phases.push_back(story.told());
  for (const Look& look : walk_looks(figures, plan)) {
    decision.blocks = look.blocks;
    decision.phases.clear();
    for (std::size_t i = 0; i < stories.size(); ++i) {
      stories[i].see(look, i, phases.size());
      decision.phases.push_back(stories[i].told());
    }
    // What was booted after the plan had stopped is not looked at: it was not part of the plan.
    if (stops(decision.phases)) break;
  }
  const auto next = std::upper_bound(settings.looks.begin(), settings.looks.end(), decision.blocks);
  decision.next_look = next == settings.looks.end() ? 0 : *next;
  decision.go_on = !phases.empty() && decision.next_look != 0 &&
                   (decision.blocks == 0 || !stops(decision.phases));
  return decision;
}

}  // namespace luolab
