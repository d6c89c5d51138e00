// SPDX-License-Identifier: Apache-2.0
// Live updates that must work, on real kernels.
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/kernel/lab_fixture.h"

namespace luolab {
namespace {

using testing::HasSubstr;

class LiveUpdate : public LabFixture {};

TEST_F(LiveUpdate, TheQuickstartPassesWithEveryProofAndEveryPhase) {
  const Job job = quickstart();
  const AttemptReport report = run(job);
  ASSERT_EQ(report.verdict, Verdict::PASS) << report.reason << console();
  EXPECT_EQ(report.bytes_verified, 64U << 20);
  ASSERT_EQ(report.hops.size(), 1U);
  EXPECT_NE(report.hops[0].outgoing_boot_id, report.hops[0].incoming_boot_id);
  EXPECT_EQ(report.hops[0].incoming_build_id, report.builds[0].build_id);
  std::set<std::string> phases;
  for (const Phase& phase : report.phases) {
    phases.insert(phase.name);
    EXPECT_GE(phase.duration.count(), 0) << phase.name << " of hop " << phase.hop;
  }
  for (const char* name : {"boot", "fill", "preserve", "load", "shutdown-to-entry", "kernel-boot",
                           "userspace", "retrieve", "verify", "finish", "blackout"}) {
    EXPECT_TRUE(phases.contains(name)) << name;
  }
}

TEST_F(LiveUpdate, ThePhaseStampsOfThePatchedKernelAreInOrder) {
  const AttemptReport report = run(quickstart());
  ASSERT_EQ(report.verdict, Verdict::PASS) << report.reason;
  double entry = -1, init = -1;
  for (const Measurement& measurement : report.measurements) {
    if (measurement.name == "stamp.entry") entry = measurement.value;
    if (measurement.name == "stamp.init_process") init = measurement.value;
  }
  EXPECT_GT(entry, 0) << "the incoming kernel starts after the outgoing user space has ended";
  EXPECT_GT(init, entry);
}

TEST_F(LiveUpdate, ManyMemfdsOfOddSizesKeepContentSizePositionAndSeals) {
  for (const Job& job : jobs_of("scenarios/library/many-odd-sizes.yaml")) {
    const AttemptReport report = run(job);
    EXPECT_EQ(report.verdict, Verdict::PASS) << job_title(job) << ": " << report.reason;
  }
}

TEST_F(LiveUpdate, TwoHopsCarryTheLaterKernelInPreservedMemory) {
  const Job job = jobs_of("scenarios/library/two-hops.yaml").front();
  const AttemptReport report = run(job);
  EXPECT_EQ(report.verdict, Verdict::PASS) << report.reason;
  EXPECT_EQ(report.hops.size(), 2U);
}

TEST_F(LiveUpdate, MemorySurvivesFrom72To73AndBack) {
  const Job job = jobs_of("scenarios/library/version-pair.yaml").front();
  const AttemptReport report = run(job);
  ASSERT_EQ(report.verdict, Verdict::PASS) << report.reason;
  ASSERT_EQ(report.hops.size(), 2U);
  EXPECT_THAT(report.hops[0].incoming_release, HasSubstr("7.3"));
  EXPECT_THAT(report.hops[1].incoming_release, HasSubstr("7.2"));
}

TEST_F(LiveUpdate, HugePagesSurvive) {
  const AttemptReport report = run(jobs_of("scenarios/library/thp.yaml").front());
  EXPECT_EQ(report.verdict, Verdict::PASS) << report.reason;
}

TEST_F(LiveUpdate, TwoProcessorsWork) {
  Job job = quickstart();
  job.target.cpus = 2;
  const AttemptReport report = run(job);
  EXPECT_EQ(report.verdict, Verdict::PASS) << report.reason;
}

TEST_F(LiveUpdate, TheConsoleIsKeptAsEvidenceWithOneBannerPerKernel) {
  ASSERT_EQ(run(quickstart()).verdict, Verdict::PASS);
  const std::string text = console();
  const auto first = text.find("Linux version");
  ASSERT_NE(first, std::string::npos);
  EXPECT_NE(text.find("Linux version", first + 1), std::string::npos);
}

}  // namespace
}  // namespace luolab
