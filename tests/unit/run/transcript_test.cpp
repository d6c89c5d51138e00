// SPDX-License-Identifier: Apache-2.0
#include "worker/run/transcript.h"

#include <gtest/gtest.h>

#include "tests/fakes/fake_machine.h"

namespace luolab {
namespace {

using Time = RunMachine::Time;
using std::chrono::milliseconds;

constexpr Time kPowerOn{std::chrono::hours{1}};
constexpr Time kLater{std::chrono::hours{5}};

/// What a fake machine and the run machine of `plan` say to each other up to a point.
Transcript recorded(const RunPlan& plan, StartPoint point) {
  Transcript transcript(kPowerOn);
  RunMachine machine(plan, kPowerOn);
  FakeMachine(plan, {}).run_until(machine, [&](const TargetEvent& event, const auto& line) {
    const bool there = line && machine.at(point);
    there ? transcript.add_last(event) : transcript.add(event, line);
    return there;
  });
  return transcript;
}

bool replays(const Transcript& transcript, const RunPlan& plan) {
  RunMachine machine(plan, transcript.power_on());
  std::optional<std::string> due;
  return transcript.replay(machine, due) && due;
}

RunPlan with_nonce(RunPlan plan, std::string nonce) {
  plan.secrets.nonce = std::move(nonce);
  return plan;
}

RunPlan with_seed(RunPlan plan, std::uint64_t seed) {
  plan.secrets.seed = seed;
  plan.memfds = plan_memfds(plan.job, plan.secrets);
  return plan;
}

TEST(Transcript, ReplaysToTheRequestThatTheMachineWasSavedBefore) {
  const RunPlan plan = example_plan();
  for (const StartPoint point :
       {StartPoint::booted, StartPoint::prepared, StartPoint::handed_over}) {
    const Transcript transcript = recorded(plan, point);
    RunMachine machine(plan, transcript.power_on());
    std::optional<std::string> due;
    EXPECT_TRUE(transcript.replay(machine, due)) << start_point_name(point);
    EXPECT_TRUE(machine.at(point)) << start_point_name(point);
    EXPECT_TRUE(due);
  }
}

TEST(Transcript, ABootedMachineFitsJobsWithOtherSessions) {
  RunPlan other = example_plan();
  const Transcript transcript = recorded(other, StartPoint::booted);
  other.job.sessions[0].memfds[0].size_bytes = 4096;
  other = with_seed(other, 77);
  EXPECT_TRUE(replays(transcript, other));
}

TEST(Transcript, ABootedMachineIsRefusedWhereItsKernelIsNotTheJobs) {
  RunPlan other = example_plan();
  const Transcript transcript = recorded(other, StartPoint::booted);
  other.kernels[0].build_id = "another";
  EXPECT_FALSE(replays(transcript, other));
}

TEST(Transcript, APreparedMachineFitsAnyNonceButNoOtherSeed) {
  const RunPlan plan = example_plan();
  const Transcript transcript = recorded(plan, StartPoint::prepared);
  EXPECT_TRUE(replays(transcript, with_nonce(plan, std::string(32, 'f'))));
  EXPECT_FALSE(replays(transcript, with_seed(plan, 43)));
}

TEST(Transcript, AMachineFitsAJobThatPreparesFurtherAndGoesOnWithThat) {
  const RunPlan plan = example_plan();
  const Transcript transcript = recorded(plan, StartPoint::prepared);
  RunPlan more = plan;
  more.tampering.push_back({{"op", "memfd.write"}});
  RunMachine machine(more, transcript.power_on());
  std::optional<std::string> due;
  ASSERT_TRUE(transcript.replay(machine, due));
  EXPECT_NE(due->find("memfd.write"), std::string::npos);
}

TEST(Transcript, AMachineThatDidMoreThanTheJobWantsIsRefused) {
  const RunPlan plan = example_plan();
  const Transcript transcript = recorded(plan, StartPoint::prepared);
  RunPlan less = plan;
  less.memfds.pop_back();
  EXPECT_FALSE(replays(transcript, less));
}

TEST(Transcript, AHandedOverMachineIsRefusedWhereTheNonceIsAnother) {
  const RunPlan plan = example_plan();
  const Transcript transcript = recorded(plan, StartPoint::handed_over);
  EXPECT_TRUE(replays(transcript, plan));
  EXPECT_FALSE(replays(transcript, with_nonce(plan, std::string(32, 'f'))));
}

TEST(Transcript, ATranscriptWithoutAPointIsNeverReplayed) {
  const RunPlan plan = example_plan();
  EXPECT_FALSE(replays(Transcript(kPowerOn), plan));
}

TEST(Transcript, ShiftedItEndsNow) {
  const RunPlan plan = example_plan();
  const Transcript shifted = recorded(plan, StartPoint::booted).shifted_to(kLater);
  EXPECT_EQ(kLater - shifted.power_on(), milliseconds{1005}) << "as long as the boot took";
  RunMachine machine(plan, shifted.power_on());
  std::optional<std::string> due;
  ASSERT_TRUE(shifted.replay(machine, due));
  EXPECT_EQ(machine.deadline(), kLater + plan.job.timeouts.silence);
}

TEST(Transcript, WhatTheConsoleSaidAfterThePointIsNotLaterThanNow) {
  const RunPlan plan = example_plan();
  Transcript transcript = recorded(plan, StartPoint::booted);
  TargetEvent late{.kind = TargetEvent::Kind::console_line, .text = "late"};
  late.at = kPowerOn + milliseconds{9000};
  transcript.add(late, std::nullopt);
  const Transcript shifted = transcript.shifted_to(kLater);
  RunMachine machine(plan, shifted.power_on());
  std::optional<std::string> due;
  ASSERT_TRUE(shifted.replay(machine, due));
  EXPECT_EQ(machine.deadline(), kLater + plan.job.timeouts.silence);
}

TEST(Transcript, ALineThatWasCutOffIsForgottenAndThePointIsKept) {
  const RunPlan plan = example_plan();
  Transcript transcript(kPowerOn);
  TargetEvent cut{.kind = TargetEvent::Kind::console_line,
                  .text = "[ 0.1] WARNING: CPU: 0 PID: 1 at",
                  .console_offset = 512,
                  .at = kPowerOn};
  transcript.add(cut, std::nullopt);
  RunMachine machine(plan, kPowerOn);
  FakeMachine(plan, {}).run_until(machine, [&](const TargetEvent& event, const auto& line) {
    line ? transcript.add_last(event) : transcript.add(event, line);
    return line.has_value();
  });
  transcript.drop_console_line(512);
  RunMachine fork(plan, kPowerOn);
  std::optional<std::string> due;
  EXPECT_TRUE(transcript.replay(fork, due));
  for (const ConsoleFinding& finding : fork.report().findings) ADD_FAILURE() << finding.excerpt;
}

TEST(Transcript, GoingOnToALaterPointSendsWhatWasDue) {
  const RunPlan plan = example_plan();
  Transcript transcript = recorded(plan, StartPoint::booted);
  RunMachine machine(plan, kPowerOn);
  std::optional<std::string> due;
  ASSERT_TRUE(transcript.replay(machine, due));
  transcript.set_due(*due);
  EXPECT_FALSE(replays(transcript, plan)) << "no point is the last one now";
}

}  // namespace
}  // namespace luolab
