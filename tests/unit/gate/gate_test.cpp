// SPDX-License-Identifier: Apache-2.0
#include "controller/gate/gate.h"

#include <algorithm>
#include <optional>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "controller/lab/fork_confirmation.h"
#include "tests/unit/async/run_task.h"
#include "tests/unit/gate/fake_gate_runner.h"

namespace luolab {
namespace {

using testing::Contains;
using testing::HasSubstr;

class GateEngineTest : public testing::Test {
 protected:
  GateReport gate(const GateOrder& order, const std::string& id = "g1") {
    Gate gate(order, expand_suite(order, gate_catalog()), id, runner_);
    asio::io_context io;
    return run_task(io, gate.run());
  }
  std::size_t boots() const {
    std::size_t count = 0;
    for (const GateStep& step : runner_.steps) {
      count += static_cast<std::size_t>(std::ranges::count(step.jobs, false, &Job::build_only));
    }
    return count;
  }
  FakeGateRunner runner_;
};

TEST_F(GateEngineTest, ASeriesThatHoldsMayGoIn) {
  const GateReport report = gate(gate_order());
  EXPECT_EQ(report.answer, GateAnswer::may_go_in);
  EXPECT_EQ(report.state, "done");
  EXPECT_EQ(report.reason, "2 tests hold");
  EXPECT_EQ(boots(), 4U);
  EXPECT_EQ(report.lab.workers, std::vector<std::string>{"host"});
}

TEST_F(GateEngineTest, AFailureIsConfirmedBesideTheBaseline) {
  runner_.does = [](const Job& job, bool is_candidate) {
    return is_candidate && job.scenario == "two" ? FakeGateRunner::ended(Verdict::FAIL, "content")
                                                 : FakeGateRunner::ended(Verdict::PASS);
  };
  const GateReport report = gate(gate_order());
  EXPECT_EQ(report.answer, GateAnswer::must_not);
  EXPECT_THAT(report.reason, HasSubstr("two"));
  const GateTest& test = report.tests.at(1);
  EXPECT_EQ(test.standing, Standing::regression);
  EXPECT_EQ(test.signature, "two: content");
  EXPECT_EQ(test.candidate.size(), 3U);
  EXPECT_EQ(test.baseline.size(), 3U);
  EXPECT_EQ(test.broken, "it is lost");
  EXPECT_FALSE(test.evidence.empty());
  EXPECT_EQ(report.tests.at(0).standing, Standing::holds);
  for (const GateStep& step : runner_.steps) {
    if (!step.name.starts_with("confirm")) continue;
    for (const Job& job : step.jobs) EXPECT_EQ(job.fork, Fork::never);
  }
}

TEST_F(GateEngineTest, WhatTheBaselineBreaksAsWellIsNotHeldAgainstTheSeries) {
  runner_.does = [](const Job&, bool) { return FakeGateRunner::ended(Verdict::FAIL, "content"); };
  const GateReport report = gate(gate_order());
  EXPECT_EQ(report.answer, GateAnswer::may_go_in);
  EXPECT_EQ(report.tests.at(0).standing, Standing::broken_before);
}

TEST_F(GateEngineTest, LabTroubleIsNeitherYesNorNo) {
  runner_.does = [](const Job&, bool) { return FakeGateRunner::ended(Verdict::MISS); };
  EXPECT_EQ(gate(gate_order()).answer, GateAnswer::lab_trouble);
  runner_.builds = [](std::size_t) { return FakeGateRunner::refused(Verdict::MISS, "no disk"); };
  const GateReport report = gate(gate_order());
  EXPECT_EQ(report.answer, GateAnswer::lab_trouble);
  EXPECT_THAT(report.reason, HasSubstr("no disk"));
}

TEST_F(GateEngineTest, ACandidateThatChangesNothingIsNotBooted) {
  runner_.builds = [](std::size_t) { return FakeGateRunner::built("same"); };
  const GateReport report = gate(gate_order());
  EXPECT_EQ(report.answer, GateAnswer::may_go_in);
  EXPECT_TRUE(report.changes_nothing);
  EXPECT_EQ(boots(), 0U);
}

TEST_F(GateEngineTest, ContentThatIsNotKnownIsNotTakenForEqual) {
  runner_.builds = [](std::size_t) { return FakeGateRunner::built(""); };
  EXPECT_FALSE(gate(gate_order()).changes_nothing);
  EXPECT_GT(boots(), 0U);
}

class BadPatchTest : public GateEngineTest, public testing::WithParamInterface<std::size_t> {};

TEST_P(BadPatchTest, NamesTheFirstPatchThatDoesNotBuild) {
  runner_.builds = [bad = GetParam()](std::size_t patches) {
    return patches >= bad ? FakeGateRunner::refused(Verdict::ERROR, "mm/x.c:1: error\nmore")
                          : FakeGateRunner::built(patches == 0 ? "base" : "patched");
  };
  const GateReport report = gate(gate_order(7));
  EXPECT_EQ(report.answer, GateAnswer::does_not_apply);
  for (std::size_t i = 0; i < 7; ++i)
    EXPECT_EQ(report.patches.at(i).trouble.empty(), i + 1 != GetParam()) << i;
  EXPECT_THAT(report.reason, HasSubstr("patch " + std::to_string(GetParam()) + " of 7"));
  EXPECT_THAT(report.reason, HasSubstr("mm/x.c:1: error"));
  EXPECT_EQ(report.reason.find('\n'), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(Places, BadPatchTest, testing::Range(std::size_t{1}, std::size_t{8}));

TEST_F(GateEngineTest, AGoodBaselineIsNotTriedAgainByTheNextGate) {
  gate(gate_order());
  const std::size_t before = boots();
  const GateReport second = gate(gate_order(), "g2");
  EXPECT_EQ(boots() - before, 2U);
  EXPECT_TRUE(second.tests.at(0).baseline.at(0).reused);
  EXPECT_EQ(second.answer, GateAnswer::may_go_in);
}

TEST_F(GateEngineTest, AReusedBaselineDoesNotCountBesideAFailure) {
  gate(gate_order());
  runner_.does = [](const Job& job, bool is_candidate) {
    return is_candidate && job.scenario == "one" ? FakeGateRunner::ended(Verdict::FAIL, "content")
                                                 : FakeGateRunner::ended(Verdict::PASS);
  };
  const GateReport report = gate(gate_order(), "g2");
  EXPECT_EQ(report.tests.at(0).standing, Standing::regression);
  EXPECT_EQ(report.tests.at(0).baseline.size(), 4U);
  EXPECT_EQ(report.tests.at(0).reason,
            "failed 3 of 3 on the candidate, 0 of 3 on the baseline beside it");
}

/// A job whose fork failed, and which passed from power-on.
GateResult failed_in_a_fork() {
  GateResult result = FakeGateRunner::ended(Verdict::PASS);
  AttemptReport fork;
  fork.verdict = Verdict::FAIL;
  fork.reason = "content differs";
  fork.start = StartPoint::booted;
  compare_with_fork(result.report, fork);
  result.reason = result.report.reason;
  return result;
}

TEST_F(GateEngineTest, AFailureOfAForkAloneIsLookedForFromPowerOn) {
  runner_.does = [](const Job& job, bool is_candidate) {
    return is_candidate && job.scenario == "one" && job.fork != Fork::never
               ? failed_in_a_fork()
               : FakeGateRunner::ended(Verdict::PASS);
  };
  const GateReport report = gate(gate_order());
  EXPECT_EQ(report.answer, GateAnswer::may_go_in);
  const GateTest& test = report.tests.at(0);
  EXPECT_EQ(test.standing, Standing::holds);
  EXPECT_EQ(test.reason, "failed in a fork, and 0 of 6 from power-on");
  EXPECT_EQ(test.candidate.size(), 6U);
  EXPECT_EQ(test.candidate.at(0).reason, "only in a fork: content differs; from power-on: PASS");
  EXPECT_EQ(test.baseline.size(), 1U);
}

TEST_F(GateEngineTest, AFailureThatComesAndGoesIsFoundThoughAForkSawItFirst) {
  int tries = 0;
  runner_.does = [&](const Job& job, bool is_candidate) {
    if (!is_candidate || job.scenario != "one") return FakeGateRunner::ended(Verdict::PASS);
    if (job.fork != Fork::never) return failed_in_a_fork();
    return ++tries % 5 == 1 ? FakeGateRunner::ended(Verdict::PASS)
                            : FakeGateRunner::ended(Verdict::FAIL, "content");
  };
  const GateReport report = gate(gate_order());
  EXPECT_EQ(report.answer, GateAnswer::must_not);
  EXPECT_EQ(report.tests.at(0).standing, Standing::regression);
  EXPECT_EQ(report.tests.at(0).signature, "one: content");
}

TEST_F(GateEngineTest, AnotherBuildOfTheBaselineIsTriedAfresh) {
  gate(gate_order());
  const std::size_t before = boots();
  runner_.builds = [](std::size_t patches) {
    return FakeGateRunner::built(patches == 0 ? "new" : "p");
  };
  gate(gate_order(), "g2");
  EXPECT_EQ(boots() - before, 4U);
}

TEST_F(GateEngineTest, NeitherKernelAlwaysComesFirst) {
  std::size_t first = 0;
  for (int i = 0; i < 40; ++i) {
    runner_.known.clear();
    runner_.steps.clear();
    gate(gate_order(), "g" + std::to_string(i));
    first += runner_.steps.at(1).jobs.at(0).point.at("kernel") == "candidate" ? 1 : 0;
  }
  EXPECT_GT(first, 8U);
  EXPECT_LT(first, 32U);
}

bool is_laid_out_otherwise(const Job& job) {
  const std::vector<Series>& series = job.kernels.front().series;
  return std::ranges::find(series, "other-layout", &Series::name) != series.end();
}

/// Boots whose phases take what a test says.
class GateLatencyTest : public GateEngineTest {
 protected:
  GateLatencyTest() {
    order_ = gate_order();
    order_.latency = true;
    order_.documents.resize(1);
    order_.documents[0].text += "latency: [preserve, retrieve]\n";
    runner_.does = [this](const Job& job, bool is_candidate) {
      const bool is_moved = is_laid_out_otherwise(job);
      if (is_moved && !moved_boots_) return FakeGateRunner::ended(Verdict::ERROR);
      GateResult result = FakeGateRunner::ended(Verdict::PASS);
      const double noise = 0.98 + 0.04 * static_cast<double>(++boot_ * 7919 % 101) / 101;
      const double slowdown = is_moved ? moved_slowdown_.value_or(slowdown_) : slowdown_;
      result.report.phases = {phase("preserve", 0.1 * noise * (is_candidate ? slowdown : 1)),
                              phase("retrieve", 0.2 * noise)};
      return result;
    };
  }
  static Phase phase(const std::string& name, double seconds) {
    Phase phase;
    phase.name = name;
    phase.hop = 0;
    phase.duration = std::chrono::nanoseconds{static_cast<std::int64_t>(seconds * 1e9)};
    return phase;
  }
  /// Of a candidate that takes so many times as long in preserve, in the two layouts.
  GateReport gate_of(double slowdown, double moved_slowdown) {
    slowdown_ = slowdown;
    moved_slowdown_ = moved_slowdown;
    return gate(order_);
  }
  const GatePhase& preserve(const GateReport& report) { return report.phases.at(0); }
  GateOrder order_;
  double slowdown_ = 1;
  std::optional<double> moved_slowdown_;  ///< in the other layout; empty: the same
  bool moved_boots_ = true;
  std::size_t boot_ = 0;
};

TEST_F(GateLatencyTest, ASlowerPhaseKeepsTheSeriesOut) {
  slowdown_ = 1.5;
  const GateReport report = gate(order_);
  EXPECT_EQ(report.answer, GateAnswer::must_not);
  EXPECT_EQ(preserve(report).outcome, PhaseOutcome::slower);
  EXPECT_NEAR(preserve(report).shift, 0.5, 0.05);
  EXPECT_EQ(report.reason, preserve(report).sentence);
}

TEST_F(GateLatencyTest, WhatIsSlowerInOneLayoutAloneKeepsNothingOut) {
  const GateReport report = gate_of(1.5, 1);
  EXPECT_EQ(report.answer, GateAnswer::may_go_in) << report.reason;
  EXPECT_EQ(preserve(report).outcome, PhaseOutcome::same);
  EXPECT_NEAR(preserve(report).shift, 0, 0.05);
  EXPECT_THAT(preserve(report).sentence, HasSubstr("laid out otherwise"));
}

TEST_F(GateLatencyTest, SlowerInOneLayoutAndFasterInTheOtherIsNeither) {
  const GateReport report = gate_of(1.25, 0.75);
  EXPECT_EQ(report.answer, GateAnswer::may_go_in) << report.reason;
  EXPECT_EQ(preserve(report).outcome, PhaseOutcome::inconclusive);
  EXPECT_NEAR(preserve(report).shift, -0.25, 0.05);
}

TEST_F(GateLatencyTest, WhatIsSlowerInBothLayoutsIsToldOfBoth) {
  const GateReport report = gate_of(1.5, 1.3);
  EXPECT_EQ(report.answer, GateAnswer::must_not);
  EXPECT_NEAR(preserve(report).shift, 0.5, 0.05);
  EXPECT_THAT(preserve(report).sentence, HasSubstr("laid out otherwise, +3"));
}

TEST_F(GateLatencyTest, WhereTheOtherLayoutCanNotBeTriedTheFirstCounts) {
  slowdown_ = 1.5;
  moved_boots_ = false;
  const GateReport report = gate(order_);
  EXPECT_EQ(report.answer, GateAnswer::must_not);
  EXPECT_THAT(report.notes, Contains(HasSubstr("could not be compared in another")));
}

TEST_F(GateLatencyTest, TheSameIsSaidWhereItIsTheSame) {
  const GateReport report = gate(order_);
  EXPECT_EQ(report.answer, GateAnswer::may_go_in) << report.reason;
  EXPECT_EQ(preserve(report).outcome, PhaseOutcome::same);
  EXPECT_EQ(preserve(report).baseline.size(), preserve(report).candidate.size());
  std::set<std::string> jobs(preserve(report).baseline_jobs.begin(),
                             preserve(report).baseline_jobs.end());
  jobs.insert(preserve(report).candidate_jobs.begin(), preserve(report).candidate_jobs.end());
  EXPECT_EQ(jobs.size(), 2 * preserve(report).baseline.size()) << "each boot its own job";
}

TEST(GateDecision, APhaseThatMayOnlyBeFasterKeepsNothingOut) {
  GateReport report;
  report.tests.resize(1);
  report.tests[0].standing = Standing::holds;
  GatePhase phase;
  phase.outcome = PhaseOutcome::inconclusive;
  phase.low = -0.2;
  phase.high = 0.04;
  phase.matters = 0.05;
  phase.sentence = "it is open";
  report.phases = {phase};
  EXPECT_EQ(decide(report).answer, GateAnswer::may_go_in);
  report.phases[0].high = 0.06;
  EXPECT_EQ(decide(report).answer, GateAnswer::inconclusive);
  EXPECT_EQ(decide(report).reason, "it is open");
  report.phases[0].high = 0;
  report.phases[0].has_interval = false;
  EXPECT_EQ(decide(report).answer, GateAnswer::inconclusive);
}

TEST(GateDecision, AShiftThatIsCertainButSmallerThanWhatMattersKeepsNothingOut) {
  GateReport report;
  report.tests.resize(1);
  report.tests[0].standing = Standing::holds;
  GatePhase phase;
  phase.outcome = PhaseOutcome::slower;
  phase.shift = 0.028;
  phase.low = 0.001;
  phase.high = 0.048;
  phase.matters = 0.05;
  report.phases = {phase};
  EXPECT_EQ(decide(report).answer, GateAnswer::may_go_in);
  report.phases[0].high = 0.073;  // it may matter after all
  EXPECT_EQ(decide(report).answer, GateAnswer::inconclusive);
  report.phases[0].shift = 0.051;
  EXPECT_EQ(decide(report).answer, GateAnswer::must_not);
}

TEST_F(GateLatencyTest, BootsAreInBlocksOfFourOneAfterTheOther) {
  gate(order_);
  std::size_t blocks = 0;
  for (const GateStep& made : runner_.steps) {
    if (!made.name.starts_with("latency")) continue;
    EXPECT_TRUE(made.in_turn);
    EXPECT_EQ(made.worker, "w1");
    ASSERT_EQ(made.jobs.size() % 4, 0U);
    for (std::size_t i = 0; i < made.jobs.size(); i += 4) {
      const auto which = [&](std::size_t boot) { return made.jobs[i + boot].point.at("kernel"); };
      EXPECT_EQ(which(0), which(3));
      EXPECT_EQ(which(1), which(2));
      EXPECT_NE(which(0), which(1));
      ++blocks;
    }
  }
  EXPECT_GE(blocks, 4U);
}

TEST_F(GateLatencyTest, AFailureWhileItIsTimedIsConfirmedLikeAnyOther) {
  const auto timed = runner_.does;
  runner_.does = [&](const Job& job, bool is_candidate) {
    return is_candidate && boot_ > 8 ? FakeGateRunner::ended(Verdict::FAIL, "content")
                                     : timed(job, is_candidate);
  };
  const GateReport report = gate(order_);
  EXPECT_EQ(report.answer, GateAnswer::must_not) << report.reason;
  EXPECT_EQ(report.tests.at(0).standing, Standing::regression) << report.tests.at(0).reason;
}

TEST_F(GateLatencyTest, AFailureInTheOtherLayoutIsConfirmedToo) {
  slowdown_ = 1.5;
  const auto timed = runner_.does;
  bool was_moved = false;
  runner_.does = [&](const Job& job, bool is_candidate) {
    was_moved = was_moved || is_laid_out_otherwise(job);
    return is_candidate && was_moved ? FakeGateRunner::ended(Verdict::FAIL, "content")
                                     : timed(job, is_candidate);
  };
  const GateReport report = gate(order_);
  EXPECT_EQ(report.tests.at(0).standing, Standing::regression) << report.tests.at(0).reason;
}

TEST_F(GateLatencyTest, WhatDoesNotHoldIsNotTimed) {
  runner_.does = [](const Job&, bool is_candidate) {
    return FakeGateRunner::ended(is_candidate ? Verdict::FAIL : Verdict::PASS, "content");
  };
  const GateReport report = gate(order_);
  EXPECT_TRUE(report.phases.empty());
  EXPECT_EQ(report.left_out.at(0).what, "latency of one#0");
}

}  // namespace
}  // namespace luolab
