// SPDX-License-Identifier: Apache-2.0
// Machines that are busy until their kernel's last instruction.
#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/kernel/lab_fixture.h"

namespace luolab {
namespace {

using testing::Contains;
using testing::Field;
using testing::HasSubstr;

class Load : public LabFixture {
 protected:
  static auto measures_more_than(const char* name, double least) {
    return Contains(testing::AllOf(Field(&Measurement::name, name),
                                   Field(&Measurement::value, testing::Gt(least))));
  }
  static Job two_writers(std::size_t hops) {
    Job job = jobs_of("scenarios/library/under-load.yaml").front();
    job.hops.resize(hops);
    return job;
  }
};

TEST_F(Load, WhatTwoWritersWriteAtFullRateSurvivesStoreByStore) {
  const AttemptReport report = run(two_writers(3));
  EXPECT_EQ(report.verdict, Verdict::PASS) << report.reason;
  EXPECT_THAT(check_of(report, "content").detail, HasSubstr("as 2 writers left it after"));
  EXPECT_THAT(report.measurements, measures_more_than("load.0-memory-writer", 1000));
}

TEST_F(Load, OneStoreThatIsLostInTheLastMomentsFails) {
  const AttemptReport report = run(two_writers(1), {.drop_store = true});
  EXPECT_EQ(report.verdict, Verdict::FAIL);
  EXPECT_THAT(report.reason, HasSubstr("is torn, and no journal names it: 1 of its 512 words"));
}

TEST_F(Load, OfEveryOtherKindIsSurvivedToo) {
  Job job = jobs_of("scenarios/library/busy-machine.yaml").front();
  job.load.push_back(
      {.kind = LoadKind::exec, .rate = 5, .file = places().agent.string(), .args = {"--version"}});
  const AttemptReport report = run(job);
  EXPECT_EQ(report.verdict, Verdict::PASS) << report.reason;
  for (const LoadSpec& load : job.load) {
    const auto runs = [&](const Measurement& measured) {
      return measured.name.ends_with(kind_word(load.kind)) && measured.value > 0;
    };
    EXPECT_TRUE(std::ranges::any_of(report.measurements, runs)) << kind_word(load.kind);
  }
}

TEST_F(Load, SessionsThatComeAndGoUntilTheRebootDisturbNoOthers) {
  const AttemptReport report = run(jobs_of("scenarios/contract/20-at-once.yaml").front());
  EXPECT_EQ(report.verdict, Verdict::PASS) << report.reason;
  EXPECT_THAT(report.measurements, measures_more_than("load.0-sessions", 10));
}

TEST_F(Load, WhatWasWrittenUntilTheWritersWereStoppedSurvives) {
  const AttemptReport report = run(jobs_of("scenarios/library/quiesced.yaml").front());
  EXPECT_EQ(report.verdict, Verdict::PASS) << report.reason;
  EXPECT_THAT(check_of(report, "content").detail, HasSubstr("0 pages in the middle of one"));
}

TEST_F(Load, TheGapOfAServiceIsSeenFromOutside) {
  const AttemptReport report = run(jobs_of("scenarios/library/service-gap.yaml").front());
  EXPECT_EQ(report.verdict, Verdict::PASS) << report.reason;
  EXPECT_THAT(report.measurements, measures_more_than("echo.gap", 0.05));
}

TEST_F(Load, AServiceInAKernelWithoutNetworkIsAnError) {
  Job job = quickstart();
  job.load = {{.kind = LoadKind::echo, .rate = 1000}};
  const AttemptReport report = run(job);
  EXPECT_EQ(report.verdict, Verdict::ERROR) << report.reason;
  EXPECT_THAT(report.reason, HasSubstr("fragment services or network"));
}

}  // namespace
}  // namespace luolab
