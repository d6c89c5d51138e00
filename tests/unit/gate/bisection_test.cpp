// SPDX-License-Identifier: Apache-2.0
#include "controller/gate/bisection.h"

#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/async/run_task.h"
#include "tests/unit/gate/fake_gate_runner.h"

namespace luolab {
namespace {

using testing::HasSubstr;

std::vector<std::string> names(std::size_t count) {
  std::vector<std::string> all;
  for (std::size_t i = 1; i <= count; ++i) all.push_back("patch " + std::to_string(i));
  return all;
}

class BisectionTest : public testing::Test {
 protected:
  BisectReport bisect(std::size_t patches) {
    const JobsOfPrefix jobs = [](std::size_t prefix) {
      Job job;
      job.scenario = "x";
      KernelSpec kernel;
      kernel.series = {{"mine", std::vector<Patch>(prefix)}};
      job.kernels = {kernel};
      return std::vector{job};
    };
    runner_.does = [this](const Job& job, bool) {
      return does_(job.kernels.front().series.front().patches.size());
    };
    Bisection bisection(names(patches), jobs, runner_);
    asio::io_context io;
    return run_task(io, bisection.run());
  }
  static GateResult pass() { return FakeGateRunner::ended(Verdict::PASS); }
  static GateResult fail(const std::string& check = "content") {
    return FakeGateRunner::ended(Verdict::FAIL, check);
  }
  std::function<GateResult(std::size_t)> does_;
  FakeGateRunner runner_;
};

class EveryPlaceTest : public BisectionTest, public testing::WithParamInterface<std::size_t> {};

TEST_P(EveryPlaceTest, OfFifteenPatchesFindsTheBadOneWithFiveBuilds) {
  does_ = [](std::size_t prefix) { return prefix >= GetParam() ? fail() : pass(); };
  const BisectReport report = bisect(15);
  EXPECT_EQ(report.outcome, BisectOutcome::found);
  EXPECT_EQ(report.first_bad, GetParam());
  EXPECT_EQ(report.patch, "patch " + std::to_string(GetParam()));
  EXPECT_EQ(report.signature, "content");
  EXPECT_LE(report.builds, 5U);
}

INSTANTIATE_TEST_SUITE_P(Places, EveryPlaceTest, testing::Range(std::size_t{1}, std::size_t{16}));

TEST_F(BisectionTest, PassesByWhatDoesNotBuild) {
  does_ = [](std::size_t prefix) {
    if (prefix == 4 || prefix == 6) return FakeGateRunner::refused(Verdict::ERROR, "mm/x.c: error");
    return prefix >= 6 ? fail() : pass();
  };
  const BisectReport report = bisect(8);
  EXPECT_EQ(report.outcome, BisectOutcome::range);
  EXPECT_EQ(report.first_bad, 6U);
  EXPECT_EQ(report.last_bad, 7U);
}

TEST_F(BisectionTest, AnotherFailureIsNotTheOneThatIsLookedFor) {
  does_ = [](std::size_t prefix) {
    if (prefix == 3 || prefix == 4) return fail("size");
    return prefix >= 7 ? fail() : pass();
  };
  const BisectReport report = bisect(8);
  EXPECT_EQ(report.outcome, BisectOutcome::found);
  EXPECT_EQ(report.first_bad, 7U);
}

TEST_F(BisectionTest, SaysWhenTheSeriesIsGoodOrTheBaseIsBad) {
  does_ = [](std::size_t) { return pass(); };
  EXPECT_EQ(bisect(8).outcome, BisectOutcome::not_there);
  does_ = [](std::size_t) { return fail(); };
  EXPECT_EQ(bisect(8).outcome, BisectOutcome::before);
}

TEST_F(BisectionTest, SaysWhenTheWholeOrTheBaseCannotBeTested) {
  does_ = [](std::size_t prefix) {
    return prefix == 8 ? FakeGateRunner::refused(Verdict::SKIP, "does not apply") : pass();
  };
  EXPECT_EQ(bisect(8).outcome, BisectOutcome::untestable);
  does_ = [](std::size_t prefix) {
    return prefix == 0 ? FakeGateRunner::refused(Verdict::ERROR, "does not build") : fail();
  };
  EXPECT_EQ(bisect(8).outcome, BisectOutcome::untestable);
  EXPECT_THAT(bisect(8).reason, HasSubstr("the base can't be tested: does not build"));
}

TEST_F(BisectionTest, BlamesTheLabForWhatTheLabBreaks) {
  does_ = [](std::size_t prefix) {
    if (prefix == 0) return pass();
    return prefix == 4 ? FakeGateRunner::refused(Verdict::MISS, "no disk") : fail();
  };
  const BisectReport report = bisect(8);
  EXPECT_EQ(report.outcome, BisectOutcome::lab_trouble);
  EXPECT_THAT(report.reason, HasSubstr("no disk"));
}

TEST_F(BisectionTest, OneMissIsTriedAgain) {
  int misses = 0;
  does_ = [&](std::size_t prefix) {
    if (prefix == 4 && misses++ == 0) return FakeGateRunner::refused(Verdict::MISS, "cut");
    return prefix >= 3 ? fail() : pass();
  };
  EXPECT_EQ(bisect(8).first_bad, 3U);
}

/// A failure that shows in six of ten boots: right in almost all of many bisections.
TEST_F(BisectionTest, AFailureThatComesAndGoesIsFoundAllTheSame) {
  std::mt19937 random(3);
  int right = 0;
  int found = 0;
  for (int i = 0; i < 300; ++i) {
    const std::size_t bad = 1 + random() % 15;
    does_ = [&](std::size_t prefix) {
      return prefix >= bad && random() % 10 < 6 ? fail() : pass();
    };
    const BisectReport report = bisect(15);
    if (report.outcome == BisectOutcome::not_there) continue;  // it never showed
    ++found;
    right += report.first_bad == bad ? 1 : 0;
  }
  EXPECT_GT(found, 270);
  EXPECT_GT(right, found * 85 / 100);
}

}  // namespace
}  // namespace luolab
