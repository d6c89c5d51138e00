// SPDX-License-Identifier: Apache-2.0
// What a machine that luolab does not own may do, and whose fault it is.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/wire/agent_wire.h"
#include "tests/fakes/fake_machine.h"
#include "worker/run/run_machine.h"

namespace luolab {
namespace {

using testing::HasSubstr;
using Kind = TargetEvent::Kind;

class RealMachine : public testing::Test {
 protected:
  void happens(Kind kind, std::string text) {
    machine_.on_event({kind, TargetEvent::By::nobody, std::move(text), 0, now_});
  }
  void console(std::string line) { happens(Kind::console_line, std::move(line)); }
  /// Time passes until the machine's deadline.
  void silence(bool machine_answers) {
    now_ = machine_.deadline();
    machine_.on_deadline(now_, machine_answers, "its power switch");
  }

  RunPlan plan_ = example_plan();
  RunMachine::Time now_{};
  RunMachine machine_{plan_, now_};
};

TEST_F(RealMachine, ALostLinkIsJudgedByWhatTheConsoleSaysAfterIt) {
  console("Linux version 7.3.4");
  happens(Kind::link_lost, "the SSH connection ended");
  ASSERT_FALSE(machine_.finished());
  console("Kernel panic - not syncing: dead");
  silence(true);
  EXPECT_EQ(machine_.report().verdict, Verdict::FAIL);
}

TEST_F(RealMachine, AKernelThatLivesWithoutNetworkIsTheLabsFault) {
  console("Linux version 7.3.4");
  happens(Kind::link_lost, "the SSH connection ended");
  console(std::string(wire::kSshUnheardMark) + " for 8 s");
  ASSERT_TRUE(machine_.finished());
  const AttemptReport report = machine_.report();
  EXPECT_EQ(report.verdict, Verdict::MISS);
  EXPECT_THAT(report.reason, HasSubstr("network"));
}

TEST_F(RealMachine, SilenceUnderPowerIsAHang) {
  console("Linux version 7.3.4");
  happens(Kind::link_lost, "the SSH connection ended");
  silence(true);
  const AttemptReport report = machine_.report();
  EXPECT_EQ(report.verdict, Verdict::FAIL);
  EXPECT_THAT(report.reason, HasSubstr("the SSH connection ended while"));
}

TEST_F(RealMachine, SilenceWithoutPowerIsTheLabsFault) {
  console("Linux version 7.3.4");
  happens(Kind::link_lost, "the SSH connection ended");
  silence(false);
  const AttemptReport report = machine_.report();
  EXPECT_EQ(report.verdict, Verdict::MISS);
  EXPECT_THAT(report.reason, HasSubstr("its power switch does not answer either"));
}

TEST_F(RealMachine, WithoutASerialConsoleSilenceBlamesNobody) {
  plan_.console_tells = false;
  console("Linux version 7.3.4");
  silence(true);
  EXPECT_EQ(machine_.report().verdict, Verdict::MISS);
}

TEST_F(RealMachine, AMachineThatIsHomeAfterAPanicDiedOfIt) {
  console("Linux version 7.3.4");
  console("Kernel panic - not syncing: dead");
  happens(Kind::reset, "it is in its home system");
  EXPECT_EQ(machine_.report().verdict, Verdict::FAIL);
}

TEST_F(RealMachine, AMachineThatIsHomeForNoReasonIsTheLabsFault) {
  console("Linux version 7.3.4");
  happens(Kind::reset, "it is in its home system");
  EXPECT_EQ(machine_.report().verdict, Verdict::MISS);
}

TEST_F(RealMachine, AnAgentThatEndsIsATestThatBroke) {
  happens(Kind::agent_ended, "the agent ended with 1");
  EXPECT_EQ(machine_.report().verdict, Verdict::ERROR);
}

}  // namespace
}  // namespace luolab
