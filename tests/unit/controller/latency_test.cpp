// SPDX-License-Identifier: Apache-2.0
#include "controller/statistics/latency.h"

#include <cmath>
#include <stdexcept>

#include <boost/math/distributions/binomial.hpp>
#include <gtest/gtest.h>

#include "controller/statistics/block_order.h"
#include "controller/statistics/boundary.h"
#include "controller/statistics/hodges_lehmann.h"
#include "tests/bench/gate-statistics/simulated_gate.h"

namespace luolab {
namespace {

/// A phase whose candidate takes `ratio` times as long, with a spread of some 1 %.
PhaseSamples samples(double ratio, std::size_t blocks, double seconds = 0.2) {
  PhaseSamples phase{.name = "preserve", .baseline = {}, .candidate = {}};
  for (std::size_t i = 0; i < 2 * blocks; ++i) {
    const auto at = static_cast<double>(i);
    phase.baseline.emplace_back(seconds * (1 + 0.01 * std::sin(7 * at)));
    phase.candidate.emplace_back(seconds * ratio * (1 + 0.01 * std::sin(5 * at + 1)));
  }
  return phase;
}

PhaseDecision decide(const PhaseSamples& phase, const LatencySettings& settings = {}) {
  return analyse(std::span(&phase, 1), settings).phases.at(0);
}

TEST(BlockOrders, AreTheSameForTheSameSeedAndGoOn) {
  const auto few = block_orders(7, 10);
  const auto many = block_orders(7, 1000);
  EXPECT_TRUE(std::equal(few.begin(), few.end(), many.begin()));
  EXPECT_NE(block_orders(8, 1000), many);
  const auto outside = std::count(many.begin(), many.end(), BlockOrder::candidate_outside);
  EXPECT_GT(outside, 430);
  EXPECT_LT(outside, 570);
}

TEST(HodgesLehmann, IsTheMedianOfThePairMeans) {
  const std::vector<double> figures{1, 2, 6};  // 1 1.5 2 3.5 4 6
  EXPECT_DOUBLE_EQ(HodgesLehmann(figures).estimate(), 2.75);
  const std::vector<double> wild{1, 2, 3, 4, 1000};
  EXPECT_LT(HodgesLehmann(wild).estimate(), 4);
}

TEST(HodgesLehmann, HasNoIntervalWhereTheTestCanRejectNothing) {
  const std::vector<double> figures{1, 2, 6};
  EXPECT_FALSE(HodgesLehmann(figures).interval(1.96));
  const auto whole = HodgesLehmann(figures).interval(1.6);  // 6 / sqrt(14) = 1.60357
  ASSERT_TRUE(whole);
  EXPECT_DOUBLE_EQ(whole->low, 1);
  EXPECT_DOUBLE_EQ(whole->high, 6);
}

TEST(SignedRanks, ShareWhatIsEqual) {
  const std::vector<double> figures{-2, 1, 2, 0};
  EXPECT_EQ(signed_ranks(figures), (std::vector<double>{-3.5, 2, 3.5, 0}));
}

TEST(Boundary, KnowsHowFewBlocksCanDecideNothing) {
  const std::vector<std::size_t> looks{4, 6, 8, 12, 16, 24};
  EXPECT_EQ(first_useful_look(1, {.looks = looks}), 8U);
  EXPECT_EQ(first_useful_look(10, {.looks = looks}), 12U);
  const std::vector<std::size_t> short_plan{3, 4};
  EXPECT_FALSE(first_useful_look(1, {.looks = short_plan}));
}

TEST(Latency, FindsWhatIsSlowerFasterAndTheSame) {
  const PhaseDecision slower = decide(samples(1.12, 24));
  EXPECT_EQ(slower.outcome, PhaseOutcome::slower) << slower.sentence;
  EXPECT_NEAR(slower.shift, 0.12, 0.01);
  ASSERT_TRUE(slower.low && slower.high);
  EXPECT_LT(*slower.low, 0.12);
  EXPECT_GT(*slower.high, 0.12);
  EXPECT_EQ(decide(samples(0.9, 24)).outcome, PhaseOutcome::faster);
  EXPECT_EQ(decide(samples(1.0, 24)).outcome, PhaseOutcome::same);
}

TEST(Latency, StopsAtTheFirstLookThatDecidesAndUsesNothingAfterIt) {
  const PhaseSamples phase = samples(1.5, 24);
  const LatencyDecision decision = analyse(std::span(&phase, 1), {});
  EXPECT_FALSE(decision.go_on);
  EXPECT_EQ(decision.blocks, decision.first_useful_look);
}

TEST(Latency, PretendsNothingWithTooFewBlocks) {
  const PhaseSamples phase = samples(3, 6);
  const LatencyDecision decision = analyse(std::span(&phase, 1), {});
  EXPECT_EQ(decision.phases[0].outcome, PhaseOutcome::inconclusive);
  EXPECT_FALSE(decision.phases[0].low);
  EXPECT_GT(decision.phases[0].boots_needed, 12U);
  EXPECT_TRUE(decision.go_on);
  EXPECT_EQ(decision.next_look, 8U);
  EXPECT_DOUBLE_EQ(decision.phases[0].p, analyse(std::span(&phase, 1), {}).phases[0].p);
}

TEST(Latency, OfMicrosecondsDoesNotMatter) {
  const PhaseDecision phase = decide(samples(2, 24, 5e-6));
  EXPECT_EQ(phase.outcome, PhaseOutcome::same) << phase.sentence;
  EXPECT_EQ(decide(samples(2, 24, 5e-6), {.matters_seconds = 0}).outcome, PhaseOutcome::slower);
}

TEST(Latency, LeavesOutBlocksWithoutAFigureAndSaysSo) {
  PhaseSamples phase = samples(1.5, 24);
  phase.candidate[3] = std::nullopt;
  phase.baseline[4] = 0.0;
  const PhaseDecision decision = decide(phase);
  EXPECT_EQ(decision.left_out, 2U);
  EXPECT_NE(decision.sentence.find("4 left out"), std::string::npos) << decision.sentence;

  phase.baseline.assign(48, std::nullopt);
  EXPECT_EQ(decide(phase).outcome, PhaseOutcome::inconclusive);
  EXPECT_EQ(decide(phase).sentence, "preserve was not measured");
}

TEST(Latency, RefusesWhatIsNotAPlan) {
  PhaseSamples phase = samples(1, 4);
  EXPECT_THROW(decide(phase, {.looks = {8, 4}}), std::invalid_argument);
  EXPECT_THROW(decide(phase, {.looks = {}}), std::invalid_argument);
  phase.candidate.pop_back();
  EXPECT_THROW(decide(phase), std::invalid_argument);
}

/// Gates that call any phase slower or faster although none is.
int false_alarms(Noise noise, int gates) {
  int wrong = 0;
  for (int i = 0; i < gates; ++i) {
    const auto decision =
        simulate({.noise = noise, .spread = 0.06, .seed = static_cast<std::uint64_t>(i) + 1},
                 {.matters = 0.01, .matters_seconds = 0, .flips = 1024});
    wrong += std::any_of(decision.phases.begin(), decision.phases.end(), [](const auto& phase) {
      return phase.outcome == PhaseOutcome::slower || phase.outcome == PhaseOutcome::faster;
    });
  }
  return wrong;
}

class FalseAlarms : public testing::TestWithParam<Noise> {};

// What matters is set so low that only the test itself stands against a false alarm.
TEST_P(FalseAlarms, AreNoMoreThanTheStatedRate) {
  constexpr int kGates = 1000;
  const boost::math::binomial chance(kGates, 0.05);
  const int wrong = false_alarms(GetParam(), kGates);
  EXPECT_LE(wrong, boost::math::quantile(chance, 0.999)) << "of " << kGates;
  EXPECT_GE(wrong, 5) << "the rate is not spent: the simulation can't show what it should";
}

INSTANTIATE_TEST_SUITE_P(Noise, FalseAlarms,
                         testing::Values(Noise::log_normal, Noise::heavy_tailed, Noise::drifting,
                                         Noise::autocorrelated));

int found(double shift, double spread, Noise noise, int gates) {
  int slower = 0;
  for (int i = 0; i < gates; ++i)
    slower += simulate({.noise = noise,
                        .spread = spread,
                        .shift = shift,
                        .seed = static_cast<std::uint64_t>(i) + 1},
                       {.flips = 1024})
                  .phases[0]
                  .outcome == PhaseOutcome::slower;
  return slower;
}

/// So many of `gates` are found at least, where `power` of all are: but for one time in 1000.
int at_least(double power, int gates) {
  return static_cast<int>(boost::math::quantile(boost::math::binomial(gates, power), 0.001));
}

// Power is what the table of docs/gate-statistics.md says: no promise, but a loss is noticed.
TEST(Power, FindsFivePercentWhereBootsDifferByThree) {
  EXPECT_GE(found(0.05, 0.03, Noise::log_normal, 200), at_least(0.99, 200));
}

TEST(Power, IsLessWhereOneBootInTenIsWild) {
  EXPECT_GE(found(0.12, 0.03, Noise::heavy_tailed, 200), at_least(0.70, 200));
}

}  // namespace
}  // namespace luolab
