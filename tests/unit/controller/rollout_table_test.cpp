// SPDX-License-Identifier: Apache-2.0
#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "controller/results/results.h"
#include "controller/results/rollout_words.h"
#include "tests/unit/db/sample_run.h"

namespace luolab {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using enum Verdict;

RolloutTarget target(const std::string& name, std::uint32_t wave, TargetState state,
                     std::optional<Verdict> verdict,
                     std::optional<std::chrono::nanoseconds> blackout = {}) {
  return {.name = name,
          .wave = wave,
          .state = state,
          .job = JobId{3},
          .jobs = 1,
          .verdict = verdict,
          .reason = verdict && *verdict != PASS ? "kernel panic" : "",
          .blackout = blackout,
          .started = verdict ? std::optional(TimePoint{1s}) : std::nullopt,
          .ended = verdict ? std::optional(TimePoint{5s}) : std::nullopt};
}

RolloutRecord stopped() {
  return {.scenario = "fleet",
          .state = RolloutState::stopped,
          .reason = "rollout stopped after wave 1",
          .waves = 2,
          .canary = true,
          .targets = {target("t1", 1, TargetState::updated, PASS, 2s),
                      target("t2", 1, TargetState::failed, FAIL),
                      target("t3", 2, TargetState::spared, {})}};
}

TEST(RolloutTable, SaysOfEachTargetWhatBecameOfItAndSumsUp) {
  RunRecord run = sample_run({PASS, FAIL});
  run.rollouts = {stopped()};
  EXPECT_EQ(rollout_table(run, {.color = false, .width = 120}),
            "rollout of fleet: rollout stopped after wave 1\n"
            "  wave      target  verdict  blackout  why\n"
            "  1 canary  t1      PASS     2.00 s\n"
            "  1 canary  t2      FAIL     -         kernel panic\n"
            "  2         t3      spared   -\n"
            "  wave 1 (canary): 1 of 2 targets updated (50 %), 1 failed (kernel); blackout worst "
            "2.00 s (t1), median 2.00 s (t1); took 4.00 s\n"
            "  wave 2: 0 of 1 target updated (0 %), 1 spared\n"
            "  fleet: 1 of 3 targets updated (33 %), 1 failed (kernel), 1 spared; blackout worst "
            "2.00 s (t1), median 2.00 s (t1); took 4.00 s\n\n");
  EXPECT_EQ(rollout_table(sample_run({PASS}), {}), "");
}

TEST(RolloutTable, SaysWhichWaveIsOut) {
  RolloutRecord rollout = stopped();
  rollout.state = RolloutState::running;
  rollout.reason = "";
  EXPECT_EQ(rollout_words(rollout), "wave 1 (canary) of 2 is out");
  rollout.wave = 2;
  EXPECT_EQ(rollout_words(rollout), "wave 2 of 2 is out");
  rollout.due = TimePoint{60s};
  EXPECT_EQ(rollout_words(rollout),
            "wave 2 of 2 is over, the next comes out at 1970-01-01T00:01:00Z");
  rollout.state = RolloutState::complete;
  EXPECT_EQ(rollout_words(rollout), "complete");
}

TEST(RolloutFigures, TheMedianOfTwoIsTheLowerOneAndAWaveThatHasNotBegunHasNone) {
  RolloutRecord rollout = stopped();
  rollout.targets[1].blackout = 3s;
  const RolloutFigures fleet = figures_of(rollout);
  EXPECT_EQ(fleet.worst_target, "t2");
  EXPECT_EQ(fleet.median_target, "t1");
  EXPECT_EQ(fleet.elapsed, 4s);
  EXPECT_FALSE(figures_of(rollout, 2).worst_blackout);
  EXPECT_FALSE(figures_of(rollout, 2).elapsed);
}

TEST(RolloutResults, JsonAndJUnitHaveTheFigures) {
  RunRecord run = sample_run({PASS});
  run.rollouts = {stopped()};
  run.rollouts[0].scenario = run.jobs[0].job.scenario;
  const boost::json::value json = boost::json::parse(results_json(run));
  const auto& rollout = json.at("rollouts").at(0);
  EXPECT_EQ(rollout.at("fleet").at("updated").to_number<int>(), 1);
  EXPECT_EQ(rollout.at("waves").as_array().size(), 2U);
  EXPECT_EQ(rollout.at("targets").at(2).at("state").as_string(), "spared");
  EXPECT_THAT(results_junit(run),
              HasSubstr("<property name=\"rollout\" value=\"rollout stopped after wave 1\"/>"));
}

TEST(RolloutResults, AStoppedRolloutIsNoSuccess) {
  RunRecord run = sample_run({PASS});
  EXPECT_EQ(exit_code(run, ExitStyle::plain), 0);
  run.rollouts = {stopped()};
  EXPECT_EQ(exit_code(run, ExitStyle::plain), 2);
  run.rollouts[0].state = RolloutState::complete;
  EXPECT_EQ(exit_code(run, ExitStyle::plain), 0);
}

}  // namespace
}  // namespace luolab
