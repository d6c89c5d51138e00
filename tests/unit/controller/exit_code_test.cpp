// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "controller/results/results.h"
#include "tests/unit/db/sample_run.h"

namespace luolab {
namespace {

int plain(const std::vector<Verdict>& verdicts) {
  return exit_code(sample_run(verdicts), ExitStyle::plain);
}
int bisect(const std::vector<Verdict>& verdicts) {
  return exit_code(sample_run(verdicts), ExitStyle::bisect);
}

using enum Verdict;

TEST(ExitCode, IsZeroWhereAllPassedOrWereMeasured) {
  EXPECT_EQ(plain({PASS}), 0);
  EXPECT_EQ(plain({PASS, DONE, SKIP}), 0);
  EXPECT_EQ(plain({XFAIL, SKIP}), 0);
  EXPECT_EQ(plain({XFAIL, FAIL}), 1);
  EXPECT_EQ(plain({DONE}), 0);
}

TEST(ExitCode, IsOneForAFailWhateverElseHappened) {
  EXPECT_EQ(plain({PASS, FAIL}), 1);
  EXPECT_EQ(plain({MISS, ERROR, FAIL, SKIP}), 1);
}

TEST(ExitCode, IsTwoForTheLabsTrouble) {
  EXPECT_EQ(plain({PASS, ERROR}), 2);
  EXPECT_EQ(plain({SKIP, MISS}), 2);
}

TEST(ExitCode, IsFourWhereNothingApplied) {
  EXPECT_EQ(plain({SKIP, SKIP}), 4);
  EXPECT_EQ(plain({}), 4);
}

TEST(ExitCode, CountsAJobThatHasNotEndedAsTheLabsTrouble) {
  RunRecord run = sample_run({PASS, PASS});
  run.jobs[1].verdict = {};
  EXPECT_EQ(exit_code(run, ExitStyle::plain), 2);
}

TEST(ExitCode, TellsGitBisectGoodBadOrCannotTell) {
  EXPECT_EQ(bisect({PASS, SKIP}), 0);
  EXPECT_EQ(bisect({FAIL, MISS}), 1);
  EXPECT_EQ(bisect({PASS, MISS}), 125);
  EXPECT_EQ(bisect({ERROR}), 125);
  EXPECT_EQ(bisect({SKIP}), 125);
  EXPECT_EQ(bisect({}), 125);
}

}  // namespace
}  // namespace luolab
