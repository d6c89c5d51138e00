// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "controller/results/results.h"
#include "tests/unit/db/sample_run.h"

namespace luolab {
namespace {

using testing::HasSubstr;
using testing::Not;
using enum Verdict;

TEST(ResultsKtap, NestsScenarioJobAndCheck) {
  EXPECT_EQ(results_ktap(sample_run({PASS})),
            "KTAP version 1\n"
            "1..1\n"
            "  KTAP version 1\n"
            "  # Subtest: sample\n"
            "  1..1\n"
            "    KTAP version 1\n"
            "    # Subtest: sample:0\n"
            "    1..2\n"
            "    ok 1 console\n"
            "    ok 2 hop1.content vm-0/ram\n"
            "  ok 1 sample:0\n"
            "ok 1 sample\n");
}

TEST(ResultsKtap, GivesTheReasonAndTheConsoleOfAFail) {
  const std::string ktap = results_ktap(sample_run({FAIL}));
  EXPECT_THAT(ktap,
              HasSubstr("    # expected 00ff, got 00fe\n    not ok 2 hop1.content vm-0/ram\n"));
  EXPECT_THAT(ktap, HasSubstr("  # FAIL: vm-0/ram differs\n"));
  EXPECT_THAT(ktap, HasSubstr("  # WARNING: at mm/memfd_luo.c:1\n  # Call Trace:\n"));
  EXPECT_THAT(ktap, HasSubstr("  not ok 1 sample:0\nnot ok 1 sample\n"));
}

TEST(ResultsKtap, DoesNotBlameTheKernelForTheLabsTrouble) {
  for (const Verdict verdict : {ERROR, MISS}) {
    RunRecord run = sample_run({verdict});
    run.jobs[0].report.reset();
    const std::string ktap = results_ktap(run);
    EXPECT_THAT(ktap, HasSubstr("this says nothing about the kernel"));
    EXPECT_THAT(ktap,
                HasSubstr("not ok 1 sample:0 # " + std::string(verdict_name(verdict)) + " lab\n"));
  }
}

TEST(ResultsKtap, MarksSkippedJobsWithTheirReason) {
  RunRecord run = sample_run({SKIP});
  run.jobs[0].report.reset();
  run.jobs[0].reason = "patch #2 does not apply";
  EXPECT_THAT(results_ktap(run), HasSubstr("  ok 1 sample:0 # SKIP patch :2 does not apply\n"));
  EXPECT_THAT(results_ktap(run), HasSubstr("\nok 1 sample # SKIP"));
}

TEST(ResultsKtap, MakesNamesUniqueAmongSiblings) {
  RunRecord run = sample_run({PASS, PASS, PASS});
  for (JobRecord& job : run.jobs) job.title = "same";
  run.jobs[0].report->checks = {{0, "content", "", PASS, ""}, {0, "content", "", PASS, ""}};
  const std::string ktap = results_ktap(run);
  EXPECT_THAT(ktap, HasSubstr("ok 1 same\n"));
  EXPECT_THAT(ktap, HasSubstr("ok 2 same (2)\n"));
  EXPECT_THAT(ktap, HasSubstr("ok 3 same (3)\n"));
  EXPECT_THAT(ktap, HasSubstr("ok 2 hop1.content (2)\n"));
}

TEST(ResultsKtap, GroupsJobsByScenario) {
  RunRecord run = sample_run({PASS, FAIL, PASS});
  run.jobs[1].job.scenario = "other";
  const std::string ktap = results_ktap(run);
  EXPECT_THAT(ktap, HasSubstr("1..2\n"));
  EXPECT_THAT(ktap, HasSubstr("\nok 1 sample\n"));
  EXPECT_THAT(ktap, HasSubstr("\nnot ok 2 other\n"));
}

TEST(ResultsKtap, LetsNoResultLineIntoADiagnostic) {
  RunRecord run = sample_run({FAIL});
  run.jobs[0].reason = "bad\nok 1 sample:0";
  run.jobs[0].report->findings[0].excerpt = "x\n  ok 1 forged\n\nnot ok 2\r\x1b[1m";
  const std::string ktap = results_ktap(run);
  EXPECT_THAT(ktap, HasSubstr("\n  #   ok 1 forged\n"));
  EXPECT_THAT(ktap, HasSubstr("\n  # ok 1 sample:0\n"));
  EXPECT_THAT(ktap, Not(HasSubstr("\n  ok 1")));
}

TEST(ResultsKtap, IsAnEmptyPlanForARunWithoutJobs) {
  EXPECT_EQ(results_ktap(sample_run({})), "KTAP version 1\n1..0\n");
}

TEST(ResultsKtap, SaysOfAKnownIssueThatItWasExpected) {
  RunRecord run = sample_run({XFAIL});
  run.jobs[0].reason = "seals are lost [known issue]";
  EXPECT_THAT(results_ktap(run), HasSubstr("  ok 1 sample:0 # XFAIL seals are lost"));
  EXPECT_THAT(results_ktap(run), HasSubstr("\nok 1 sample # XFAIL"));
}

}  // namespace
}  // namespace luolab
