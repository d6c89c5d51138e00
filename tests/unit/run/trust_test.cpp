// SPDX-License-Identifier: Apache-2.0
// Whatever a machine, a kernel or an agent does wrong: never PASS, and the right one is blamed.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fakes/fake_machine.h"

namespace luolab {
namespace {

using testing::HasSubstr;

struct Wrong {
  const char* name;
  Misdeeds misdeeds;
  Verdict verdict;
  const char* reason;  ///< part of it
};

void PrintTo(const Wrong& wrong, std::ostream* out) { *out << wrong.name; }

class Trust : public testing::TestWithParam<Wrong> {};

TEST_P(Trust, IsNeverPassAndBlamesTheRightOne) {
  for (const std::size_t hops : {std::size_t{1}, std::size_t{2}}) {
    const RunPlan plan = example_plan(hops);
    const AttemptReport report = FakeMachine(plan, GetParam().misdeeds).run();
    EXPECT_EQ(report.verdict, GetParam().verdict) << report.reason;
    EXPECT_THAT(report.reason, HasSubstr(GetParam().reason));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Misdeeds, Trust,
    testing::Values(
        Wrong{"FlippedByte", {.flip_after_update = true}, Verdict::FAIL, "content of s/a"},
        Wrong{"SwappedPages",
              {.swap_pages = true},
              Verdict::FAIL,
              "2 pages with wrong position marks (page 3, 4)"},
        Wrong{"ForeignNonce", {.other_nonce = true}, Verdict::FAIL, "continuity.nonce"},
        Wrong{"AlteredBaggage",
              {.alters_baggage = true},
              Verdict::FAIL,
              "content of luolab/kernel-1"},
        Wrong{"BaggageIsNone",
              {.refused = {{"baggage.unpack", "EBADMSG"}}, .refused_call = "baggage"},
              Verdict::FAIL,
              "EBADMSG"},
        Wrong{"BaggageOfAnotherVersion",
              {.refused = {{"baggage.unpack", "EPROTO"}}, .refused_call = "baggage"},
              Verdict::ERROR,
              "EPROTO"},
        Wrong{"NoRoomForTheKernel", {.no_room_from_hop = 0}, Verdict::ERROR, "EADDRNOTAVAIL"},
        Wrong{"SameBootId", {.same_boot_id = true}, Verdict::MISS, "continuity.boot-id"},
        Wrong{"WrongKernel", {.other_kernel = true}, Verdict::MISS, "continuity.build-id"},
        Wrong{"NoBanner", {.no_banner = true}, Verdict::MISS, "continuity.banners"},
        Wrong{"OneKernelTooMany", {.extra_banner = true}, Verdict::MISS, "continuity.banners"},
        Wrong{"IncomingWithoutLuo",
              {.no_liveupdate_after = true},
              Verdict::FAIL,
              "no /dev/liveupdate"},
        Wrong{"FillsSomethingElse", {.wrong_fill = true}, Verdict::ERROR, "before the update"},
        Wrong{"LostPosition", {.lost_position = true}, Verdict::FAIL, "position of s/b"},
        Wrong{"LostSeals", {.lost_seals = true}, Verdict::FAIL, "seals of s/b"},
        Wrong{"NeverComesBack",
              {.never_comes_back = true},
              Verdict::FAIL,
              "waiting for the incoming kernel"},
        Wrong{"Panics",
              {.panics = true},
              Verdict::FAIL,
              "Kernel panic - not syncing: LUO: incompatible"},
        Wrong{"ResetsItself", {.resets_itself = true}, Verdict::FAIL, "guest-reset"},
        Wrong{"QemuKilled", {.killed = true}, Verdict::MISS, "killed by signal 9"},
        Wrong{"ColdReset", {.cold_reset = true}, Verdict::MISS, "reset (host-qmp-system-reset)"},
        Wrong{"RestartsUnasked", {.restarts_unasked = true}, Verdict::MISS, "continuity.hello"},
        Wrong{"TalksNonsense", {.talks_nonsense = true}, Verdict::ERROR, "no JSON object"},
        Wrong{"PreserveRefused", {.refused = {{"preserve", "EBUSY"}}}, Verdict::FAIL, "EBUSY"},
        Wrong{"RetrieveRefused", {.refused = {{"retrieve", "ENOENT"}}}, Verdict::FAIL, "ENOENT"},
        Wrong{
            "NoMemoryToPreserve", {.refused = {{"preserve", "ENOMEM"}}}, Verdict::ERROR, "ENOMEM"},
        Wrong{"CannotFill",
              {.refused = {{"memfd.create", "ENOSPC"}}, .refused_call = "fallocate"},
              Verdict::ERROR,
              "fallocate: ENOSPC"}),
    [](const auto& sample) { return sample.param.name; });

TEST(Trust, AKernelThatFittedOnceAndDoesNotAnyMoreSpeaksAgainstTheKernel) {
  const RunPlan plan = example_plan(3);  // the third hop is into the kernel of the first
  const AttemptReport shrunk = FakeMachine(plan, {.no_room_from_hop = 2}).run();
  EXPECT_EQ(shrunk.verdict, Verdict::FAIL) << shrunk.reason;
  EXPECT_THAT(shrunk.reason, HasSubstr("not handed on whole"));
  const AttemptReport other = FakeMachine(plan, {.no_room_from_hop = 1}).run();
  EXPECT_EQ(other.verdict, Verdict::ERROR) << "that kernel was never loaded: " << other.reason;
}

TEST(Trust, AHangUnderAKeeperThatHangsTooIsTheLabsFault) {
  const RunPlan plan = example_plan();
  const AttemptReport report =
      FakeMachine(plan, {.never_comes_back = true}).run(/*keeper_answers=*/false);
  EXPECT_EQ(report.verdict, Verdict::MISS) << report.reason;
}

TEST(Trust, SilentBootIsALabFault) {
  const RunPlan plan = example_plan();
  RunMachine machine(plan, {});
  machine.on_deadline(machine.deadline(), true);
  const AttemptReport report = machine.report();
  EXPECT_EQ(report.verdict, Verdict::MISS) << report.reason;
  EXPECT_THAT(report.reason, HasSubstr("not one line on the console"));
}

TEST(Trust, WhatTheMachineWaitedForAProcessorIsNotCountedAgainstTheKernel) {
  const RunPlan plan = example_plan();
  RunMachine machine(plan, {});
  const auto deadline = machine.deadline();
  EXPECT_TRUE(machine.allow_for(std::chrono::seconds{20}));
  EXPECT_EQ(machine.deadline(), deadline + std::chrono::seconds{20});
  EXPECT_TRUE(machine.allow_for(std::chrono::seconds{25})) << "the sum, not what came on top";
  EXPECT_EQ(machine.deadline(), deadline + std::chrono::seconds{25});
  EXPECT_FALSE(machine.allow_for(std::chrono::seconds{25}))
      << "it had its processor, and was silent";
  machine.on_deadline(machine.deadline(), true);
  EXPECT_THAT(machine.report().reason, HasSubstr("waited for a processor"));
}

// Only the boot and the hop have ends of their own; what the agent is asked in between may take its
// time, as long as it is not silent.
TEST(Trust, AnAgentThatFallsSilentIsGivenUpAlsoWhereTheMachineWaitedForAProcessor) {
  const RunPlan plan = example_plan();
  RunMachine machine(plan, {});
  const auto now = std::chrono::steady_clock::now();
  const KernelIdentity& kernel = plan.kernels.front();
  const auto hear = [&](TargetEvent::Kind kind, std::string text) {
    TargetEvent event{kind, TargetEvent::By::nobody, std::move(text), 0, {}};
    event.at = now;
    return machine.on_event(event);
  };
  hear(TargetEvent::Kind::console_line, "Linux version " + kernel.release + " (x@y)");
  const auto request = hear(
      TargetEvent::Kind::agent_line,
      fmt::format(R"({{"hello":{{"protocol":1,"boot_id":"b","release":"{}","kernel_build_id":"{}",)"
                  R"("liveupdate":true,"tsc":{{"hz":1000000000,"source":"fake"}},)"
                  R"("start":{{"tsc":1,"monotonic_ns":1}}}},"at":{{"tsc":2,"monotonic_ns":2}}}})",
                  kernel.release, kernel.build_id));
  ASSERT_TRUE(request) << machine.report().reason;
  EXPECT_EQ(machine.deadline(), now + plan.job.timeouts.silence);
  EXPECT_TRUE(machine.allow_for(std::chrono::seconds{20}));
  EXPECT_EQ(machine.deadline(), now + plan.job.timeouts.silence + std::chrono::seconds{20});
}

TEST(Trust, AKernelThatSpokeAndThenFellSilentIsBlamedWithItsLastWords) {
  const RunPlan plan = example_plan();
  RunMachine machine(plan, {});
  machine.on_event({TargetEvent::Kind::console_line,
                    TargetEvent::By::nobody,
                    "Linux version 7.3.4 (x@y)",
                    0,
                    {}});
  machine.on_event(
      {TargetEvent::Kind::console_line, TargetEvent::By::nobody, "[ 0.1] KHO: restoring", 0, {}});
  machine.on_deadline(machine.deadline(), true);
  const AttemptReport report = machine.report();
  EXPECT_EQ(report.verdict, Verdict::FAIL) << report.reason;
  EXPECT_THAT(report.reason, HasSubstr("KHO: restoring"));
}

}  // namespace
}  // namespace luolab
