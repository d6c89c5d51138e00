// SPDX-License-Identifier: Apache-2.0
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "controller/results/results.h"
#include "controller/results/safe_text.h"
#include "tests/unit/db/sample_run.h"

namespace luolab {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using enum Verdict;

TEST(VerdictTable, TellsWhatAPersonWantsToKnow) {
  EXPECT_EQ(verdict_table(sample_run({PASS, FAIL}), {.color = false, .width = 120}),
            "verdict  id   job       blackout  slowest phase       verified  why\n"
            "PASS     j34  sample#0  1.42 s    kernel-boot 1.10 s  384 MiB   every check held\n"
            "FAIL     j35  sample#1  1.42 s    kernel-boot 1.10 s  384 MiB   vm-0/ram differs\n"
            "\n"
            "1 PASS, 1 FAIL in 12.3 s; results: luolab show 17\n");
}

TEST(VerdictTable, StaysWithinTheTerminal) {
  RunRecord run = sample_run({FAIL, PASS});
  run.jobs[0].reason = std::string(400, 'x') + " and many words to follow " + std::string(90, 'y');
  for (const int width : {80, 100, 132, 200}) {
    std::istringstream table(verdict_table(run, {.color = false, .width = width}));
    for (std::string line; std::getline(table, line);) {
      EXPECT_LE(text_width(line), static_cast<std::size_t>(width)) << line;
    }
  }
}

TEST(VerdictTable, PutsTheReasonBelowWhereItIsNarrow) {
  const std::string table = verdict_table(sample_run({FAIL}), {.color = false, .width = 70});
  EXPECT_THAT(table, HasSubstr("\n         vm-0/ram differs\n"));
}

TEST(VerdictTable, ShowsTheWorstBlackoutOfAllHops) {
  RunRecord run = sample_run({PASS});
  run.jobs[0].report->phases.push_back({.name = "blackout",
                                        .hop = 1,
                                        .subject = "",
                                        .start_tsc = {},
                                        .end_tsc = {},
                                        .duration = std::chrono::seconds{3}});
  EXPECT_THAT(verdict_table(run, {}), HasSubstr("3.00 s"));
}

TEST(VerdictTable, ShowsDashesWhereNothingWasMeasured) {
  RunRecord run = sample_run({SKIP});
  run.jobs[0].report.reset();
  run.jobs[0].reason = "patch does not apply";
  EXPECT_THAT(
      verdict_table(run, {.color = false, .width = 120}),
      HasSubstr("SKIP     j34  sample#0  -         -              -         patch does not"));
}

TEST(VerdictTable, SaysThatAJobHasNotEnded) {
  RunRecord run = sample_run({PASS});
  run.finished.reset();
  run.jobs[0].verdict.reset();
  run.jobs[0].reason.clear();
  run.jobs[0].state = JobState::queued;
  EXPECT_THAT(verdict_table(run, {}), HasSubstr("not ended: queued"));
  EXPECT_THAT(verdict_table(run, {}), HasSubstr("still running"));
}

TEST(VerdictTable, ColoursOnlyWhereAsked) {
  EXPECT_THAT(verdict_table(sample_run({FAIL}), {.color = false}), Not(HasSubstr("\x1b")));
  EXPECT_THAT(verdict_table(sample_run({FAIL}), {.color = true}),
              HasSubstr("\x1b[1;31mFAIL\x1b[0m"));
}

TEST(VerdictTable, LetsNoControlCharacterThrough) {
  RunRecord run = sample_run({FAIL});
  run.jobs[0].reason = "evil \x1b[2J\r\nsecond line\xff";
  run.jobs[0].title = "t\x1b]0;x\x07";
  const std::string table = verdict_table(run, {.color = false, .width = 150});
  EXPECT_THAT(table, Not(HasSubstr("\x1b")));
  EXPECT_THAT(table, HasSubstr("evil  second line\xef\xbf\xbd"));
}

TEST(VerdictTable, HasOnlyASummaryForARunWithoutJobs) {
  EXPECT_EQ(verdict_table(sample_run({}), {}), "no jobs in 12.3 s; results: luolab show 17\n");
}

}  // namespace
}  // namespace luolab
