// SPDX-License-Identifier: Apache-2.0
#include "worker/run/run_machine.h"

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fakes/fake_machine.h"

namespace luolab {
namespace {

using testing::Contains;
using testing::Field;
using testing::HasSubstr;

const Check* find_check(const AttemptReport& report, const std::string& name) {
  for (const Check& check : report.checks) {
    if (check.name == name) return &check;
  }
  return nullptr;
}

TEST(RunMachine, APerfectMachinePassesWithEveryProof) {
  const RunPlan plan = example_plan();
  const AttemptReport report = FakeMachine(plan, {}).run();
  EXPECT_EQ(report.verdict, Verdict::PASS) << report.reason;
  for (const char* proof :
       {"continuity.nonce", "continuity.boot-id", "continuity.build-id", "continuity.banners"}) {
    ASSERT_NE(find_check(report, proof), nullptr) << proof;
    EXPECT_EQ(find_check(report, proof)->verdict, Verdict::PASS) << proof;
  }
  EXPECT_EQ(report.bytes_verified, (160U << 10) + 1 + 8192);
}

TEST(RunMachine, TwoHopsAreVerifiedTwice) {
  const RunPlan plan = example_plan(2);
  FakeMachine machine(plan, {});
  const AttemptReport report = machine.run();
  EXPECT_EQ(report.verdict, Verdict::PASS) << report.reason;
  ASSERT_EQ(report.hops.size(), 2U);
  EXPECT_EQ(report.hops[0].incoming_build, "build-1");
  EXPECT_EQ(report.hops[1].outgoing_build, "build-1");
  EXPECT_EQ(report.hops[1].incoming_build, "build-0");
  EXPECT_EQ(machine.asked().count("kexec"), 2U);
  EXPECT_EQ(machine.asked().count("memfd.create"), 2U) << "filled once, carried twice";
}

TEST(RunMachine, EveryPhaseOfAHopIsTimed) {
  const RunPlan plan = example_plan();
  const AttemptReport report = FakeMachine(plan, {}).run();
  for (const char* name : {"preserve", "load", "shutdown-to-entry", "kernel-boot", "userspace",
                           "retrieve", "verify", "finish", "blackout"}) {
    EXPECT_THAT(report.phases,
                Contains(testing::AllOf(Field(&Phase::name, name), Field(&Phase::hop, 0),
                                        Field(&Phase::subject, ""))))
        << name;
  }
  EXPECT_THAT(report.phases, Contains(testing::AllOf(Field(&Phase::name, "preserve"),
                                                     Field(&Phase::subject, "s/a"))));
}

TEST(RunMachine, TheBlackoutRunsFromTheLastUserInstructionToTheFirst) {
  const RunPlan plan = example_plan();
  const AttemptReport report = FakeMachine(plan, {}).run();
  for (const Phase& phase : report.phases) {
    if (phase.name == "blackout") {
      EXPECT_EQ(phase.duration, std::chrono::milliseconds{1100});
    }
  }
}

TEST(RunMachine, ALaterHopsKernelAndInitrdAreAskedToRideAlong) {
  const RunPlan plan = example_plan(2);
  FakeMachine machine(plan, {});
  machine.run();
  std::vector<std::string> packed;
  for (const auto& request : machine.requests()) {
    if (request.at("op") == "baggage.pack")
      packed.push_back(boost::json::serialize(request.at("files")));
  }
  EXPECT_EQ(packed, (std::vector<std::string>{R"(["kernel-build-0","initrd"])", "[]"}));
}

TEST(RunMachine, TheSeedIsNeverToldToTheIncomingKernel) {
  const RunPlan plan = example_plan();
  FakeMachine machine(plan, {});
  machine.run();
  bool after = false;
  for (const auto& request : machine.requests()) {
    if (request.at("op") == "kexec") after = true;
    EXPECT_TRUE(!after || !request.contains("seed")) << boost::json::serialize(request);
    EXPECT_TRUE(request.at("op") == "baggage.pack" || !request.contains("nonce"));
  }
  EXPECT_TRUE(after);
}

TEST(RunMachine, APhaseOverItsLimitFails) {
  RunPlan plan = example_plan();
  plan.job.checks.phase_max["blackout"] = std::chrono::milliseconds{500};
  const AttemptReport report = FakeMachine(plan, {}).run();
  EXPECT_EQ(report.verdict, Verdict::FAIL);
  EXPECT_THAT(report.reason, HasSubstr("phase.blackout"));
  EXPECT_THAT(report.reason, HasSubstr("1.10 s, at most 500 ms"));
}

TEST(RunMachine, ALimitOnAPhaseThatNobodyMeasuredIsAnErrorOfTheTest) {
  RunPlan plan = example_plan();
  plan.job.checks.phase_max["no-such-phase"] = std::chrono::seconds{1};
  EXPECT_EQ(FakeMachine(plan, {}).run().verdict, Verdict::ERROR);
}

TEST(RunMachine, ClocksThatDisagreeAreReportedButProveNothingAgainstTheKernel) {
  const RunPlan plan = example_plan();
  const AttemptReport report = FakeMachine(plan, {.slow_clock = true}).run();
  EXPECT_EQ(report.verdict, Verdict::PASS) << report.reason;
  ASSERT_NE(find_check(report, "clocks"), nullptr);
  EXPECT_EQ(find_check(report, "clocks")->verdict, Verdict::DONE);
  EXPECT_THAT(find_check(report, "clocks")->detail, HasSubstr("DISAGREE"));
}

TEST(RunMachine, ALimitThatWasMissedOnClocksThatDisagreeIsTheLabsTrouble) {
  RunPlan plan = example_plan();
  plan.job.checks.phase_max["blackout"] = std::chrono::nanoseconds{1};
  EXPECT_EQ(FakeMachine(plan, {}).run().verdict, Verdict::FAIL);
  EXPECT_EQ(FakeMachine(plan, {.slow_clock = true}).run().verdict, Verdict::MISS);
}

TEST(RunMachine, AWarningFailsACleanConsoleButNotOneThatMustOnlyBeAlive) {
  RunPlan plan = example_plan();
  EXPECT_EQ(FakeMachine(plan, {.warns = true}).run().verdict, Verdict::FAIL);
  plan.job.checks.console = ConsoleCheck::alive;
  EXPECT_EQ(FakeMachine(plan, {.warns = true}).run().verdict, Verdict::PASS);
}

TEST(RunMachine, ATaintedKernelFailsUnlessTheScenarioAllowsIt) {
  RunPlan plan = example_plan();
  EXPECT_EQ(FakeMachine(plan, {.tainted = true}).run().verdict, Verdict::FAIL);
  plan.job.checks.untainted = false;
  EXPECT_EQ(FakeMachine(plan, {.tainted = true}).run().verdict, Verdict::PASS);
}

TEST(RunMachine, AKernelWithoutLiveUpdateIsSkippedNotBlamed) {
  const RunPlan plan = example_plan();
  EXPECT_EQ(FakeMachine(plan, {.no_liveupdate = true}).run().verdict, Verdict::SKIP);
}

TEST(RunMachine, SaysWhatItIsDoing) {
  const RunPlan plan = example_plan();
  RunMachine machine(plan, {});
  EXPECT_EQ(machine.activity(), "booting the outgoing kernel");
}

}  // namespace
}  // namespace luolab
