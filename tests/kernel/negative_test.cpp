// SPDX-License-Identifier: Apache-2.0
// Kernels that do not come back, and a lab that makes trouble: the verdict that a kernel developer
// expects, with the evidence.
#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/kernel/lab_fixture.h"

namespace luolab {
namespace {

using testing::HasSubstr;

class Negative : public LabFixture {
 protected:
  AttemptReport run_scenario(const std::string& name) {
    return run(jobs_of("scenarios/negative/" + name + ".yaml").front());
  }
};

TEST_F(Negative, AnIncomingKernelThatPanicsFailsWithItsLastWords) {
  const AttemptReport report = run_scenario("incoming-panics");
  EXPECT_EQ(report.verdict, Verdict::FAIL);
  EXPECT_THAT(report.reason, HasSubstr("Kernel panic - not syncing: luolab.trouble=panic"));
  EXPECT_TRUE(std::ranges::any_of(
      report.findings, [](const ConsoleFinding& finding) { return finding.kind == "panic"; }));
}

TEST_F(Negative, AnIncomingKernelThatHangsFailsWithWhatItSaidLast) {
  const AttemptReport report = run_scenario("incoming-hangs");
  EXPECT_EQ(report.verdict, Verdict::FAIL);
  EXPECT_THAT(report.reason, HasSubstr("silence"));
  EXPECT_THAT(report.reason, HasSubstr("luolab.trouble=hang"));
}

TEST_F(Negative, AnIncomingKernelThatIsToldToDoWithoutLiveUpdateFails) {
  for (const char* name : {"incoming-liveupdate-off", "incoming-kho-off"}) {
    const AttemptReport report = run_scenario(name);
    EXPECT_EQ(report.verdict, Verdict::FAIL) << name;
    EXPECT_THAT(report.reason, HasSubstr("no /dev/liveupdate")) << name;
  }
}

TEST_F(Negative, PowerThatTheLabCutsIsNeverTheKernelsFault) {
  const AttemptReport report = run_scenario("power-cut");
  EXPECT_EQ(report.verdict, Verdict::MISS);
  EXPECT_THAT(report.reason, HasSubstr("the lab cut the power"));
}

TEST_F(Negative, WhatIsRefusedOrForgottenHarmsNoUpdate) {
  for (const char* name : {"kexec-refused", "racing-agents", "session-never-finished"}) {
    const AttemptReport report = run_scenario(name);
    EXPECT_EQ(report.verdict, Verdict::PASS) << name << ": " << report.reason;
  }
}

}  // namespace
}  // namespace luolab
