// SPDX-License-Identifier: Apache-2.0
#include "controller/results/job_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "controller/results/timeline.h"
#include "tests/unit/db/sample_run.h"

namespace luolab {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using enum Verdict;

std::string page(const RunRecord& run) {
  return job_page(run, run.jobs[0], ArtifactStore("/state/artifacts"),
                  {.color = false, .width = 100});
}

TEST(JobPage, BeginsWithTheVerdictAndWhy) {
  EXPECT_THAT(page(sample_run({FAIL})),
              StartsWith("FAIL  j34  sample#0\n  why       vm-0/ram differs\n"));
}

TEST(JobPage, ShowsTheEvidenceOfAFail) {
  const std::string text = page(sample_run({FAIL}));
  EXPECT_THAT(text,
              HasSubstr("FAIL hop 1: content vm-0/ram\n            expected 00ff, got 00fe\n"));
  EXPECT_THAT(text, HasSubstr("    expected 00ff\n    actual   00fe\n"));
  EXPECT_THAT(text, HasSubstr("  warning at byte 1234\n    | WARNING: at mm/memfd_luo.c:1\n"));
  EXPECT_THAT(text, HasSubstr("/state/artifacts/aa/aaaa"));
  EXPECT_THAT(text, HasSubstr("linux-7.3: 7.3.4 from 7.3.4-1"));
}

TEST(JobPage, NamesWhatHeldForAPass) {
  const std::string text = page(sample_run({PASS}));
  EXPECT_THAT(text, HasSubstr("held      2 of 2 checks: console, content\n"));
  EXPECT_THAT(text, Not(HasSubstr("Checks that did not hold")));
}

TEST(JobPage, TellsHowToRunTheJobAgain) {
  EXPECT_THAT(page(sample_run({FAIL})), HasSubstr("  again     luolab run --job j34\n"));
}

TEST(JobPage, SaysThatThereIsNoEvidence) {
  RunRecord run = sample_run({MISS});
  run.jobs[0].report.reset();
  EXPECT_THAT(page(run), HasSubstr("none: no attempt"));
}

TEST(JobPage, CountsDifferencesThatAreTooManyToShow) {
  RunRecord run = sample_run({FAIL});
  run.jobs[0].report->checksums.assign(100, {0, "m", 0, 4096, "xxh3-128", "aa", "bb"});
  EXPECT_THAT(page(run), HasSubstr("and 92 more"));
}

TEST(JobPage, SaysThatTheIncomingKernelNeverCame) {
  RunRecord run = sample_run({FAIL});
  run.jobs[0].report->hops[0].incoming_boot_id.clear();
  EXPECT_THAT(page(run), HasSubstr("hop 1: the incoming kernel never said hello"));
}

TEST(JobPage, LetsNoControlCharacterThrough) {
  RunRecord run = sample_run({FAIL});
  run.command_line = "luolab\x1b[2J";
  run.jobs[0].report->findings[0].excerpt = "\x1b]0;title\x07";
  run.jobs[0].report->checks[1].detail = "\x1b[A";
  EXPECT_THAT(page(run), Not(HasSubstr("\x1b")));
}

TEST(Timeline, DrawsABarPerPhaseFromStartToEnd) {
  JobRecord job = sample_run({PASS}).jobs[0];
  using std::chrono::seconds;
  job.report->phases = {
      {.name = "load", .hop = 0, .start = seconds{0}, .end = seconds{1}, .duration = seconds{1}},
      {.name = "boot", .hop = 0, .start = seconds{1}, .end = seconds{4}, .duration = seconds{3}}};
  EXPECT_EQ(timeline(job, {.color = false, .width = 42}),
            "hop 1 (4.00 s on the worker's clock)\n"
            "  load |#####               |      1.00 s\n"
            "  boot |     ###############|      3.00 s\n");
}

TEST(Timeline, GivesEachPhaseAtLeastOneColumn) {
  JobRecord job = sample_run({PASS}).jobs[0];
  using std::chrono::seconds;
  job.report->phases = {{.name = "all", .hop = 0, .start = seconds{0}, .end = seconds{100}},
                        {.name = "end", .hop = 0, .start = seconds{100}, .end = seconds{100}},
                        {.name = "back", .hop = 0, .start = seconds{50}, .end = seconds{40}}};
  const std::string text = timeline(job, {.color = false, .width = 42});
  EXPECT_THAT(text, HasSubstr("end  |                   #|"));
  EXPECT_THAT(text, HasSubstr("back |          #         |"));
}

TEST(Timeline, DrawsOnlyTheLongestOfManySubjects) {
  JobRecord job = sample_run({PASS}).jobs[0];
  job.report->phases.clear();
  for (int i = 0; i < 50; ++i) {
    job.report->phases.push_back({.name = "preserve",
                                  .hop = 0,
                                  .subject = "m" + std::to_string(i),
                                  .start_tsc = {},
                                  .end_tsc = {},
                                  .start = {},
                                  .end = {},
                                  .duration = std::chrono::milliseconds{i}});
  }
  const std::string text = timeline(job, {});
  EXPECT_THAT(text, HasSubstr("preserve m49"));
  EXPECT_THAT(text, Not(HasSubstr("preserve m1 ")));
  EXPECT_THAT(text, HasSubstr("and 44 shorter ones"));
}

TEST(Timeline, IsEmptyWithoutPhases) {
  JobRecord job;
  EXPECT_EQ(timeline(job, {}), "");
  job.report = AttemptReport{};
  EXPECT_EQ(timeline(job, {}), "");
}

}  // namespace
}  // namespace luolab
