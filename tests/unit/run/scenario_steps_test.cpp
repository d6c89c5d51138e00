// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fakes/fake_machine.h"
#include "worker/run/script.h"

namespace luolab {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

StepSpec step(std::string op, std::string arguments = "{}") {
  StepSpec spec;
  spec.place = "before[0]";
  spec.op = std::move(op);
  spec.arguments = std::move(arguments);
  return spec;
}

std::vector<std::string> ops(const std::vector<Step>& steps) {
  std::vector<std::string> ops;
  for (const Step& each : steps) ops.emplace_back(each.request.at("op").as_string());
  return ops;
}

TEST(ScenarioSteps, ComeBeforePreserveUnlessTheyPlaceIt) {
  RunPlan plan = example_plan();
  plan.job.before = {step("info")};
  EXPECT_EQ(ops(update_steps(plan, 0)).front(), "info");
  plan.job.before = {step("sessions.preserve"), step("info")};
  EXPECT_THAT(ops(update_steps(plan, 0)),
              ElementsAre("session.create", "kexec.load", "baggage.pack", "preserve", "preserve",
                          "info", "kexec"));
}

TEST(ScenarioSteps, ComeBetweenVerifyAndFinishUnlessTheySayOtherwise) {
  RunPlan plan = example_plan();
  plan.job.after = {step("memfd.stat")};
  EXPECT_THAT(
      ops(verify_steps(plan, 0)),
      ElementsAre("baggage.unpack", "session.retrieve", "retrieve", "retrieve", "memfd.digest",
                  "memfd.digest", "memfd.stat", "finish", "session.close", "info"));
  plan.job.after = {step("sessions.retrieve"), step("sessions.finish"), step("memfd.stat"),
                    step("sessions.verify")};
  EXPECT_THAT(ops(verify_steps(plan, 0)),
              ElementsAre("baggage.unpack", "session.retrieve", "retrieve", "retrieve", "finish",
                          "session.close", "memfd.stat", "memfd.digest", "memfd.digest", "info"));
}

TEST(ScenarioSteps, AreDoneAtTheirHopOnly) {
  RunPlan plan = example_plan(2);
  plan.job.before = {step("memory.compact")};
  plan.job.before[0].hop = 2;
  EXPECT_EQ(std::ranges::count(ops(update_steps(plan, 0)), std::string("memory.compact")), 0);
  EXPECT_EQ(std::ranges::count(ops(update_steps(plan, 1)), std::string("memory.compact")), 1);
}

TEST(ScenarioSteps, OfAnActorAreSentThroughTheAgent) {
  RunPlan plan = example_plan();
  plan.job.before = {step("device.open", R"({"as":"d"})")};
  plan.job.before[0].by = "other";
  const boost::json::object request = update_steps(plan, 0)[0].request;
  EXPECT_EQ(request.at("op").as_string(), "actor.do");
  EXPECT_EQ(request.at("actor").as_string(), "other");
  EXPECT_EQ(request.at("request").at("op").as_string(), "device.open");
}

TEST(ScenarioSteps, LeaveAManualSessionAlone) {
  RunPlan plan = example_plan();
  plan.job.sessions[0].manual = true;
  plan.memfds = plan_memfds(plan.job, plan.secrets);
  EXPECT_EQ(std::ranges::count(ops(prepare_steps(plan)), std::string("memfd.create")), 2);
  EXPECT_THAT(ops(update_steps(plan, 0)), ElementsAre("kexec.load", "baggage.pack", "kexec"));
  EXPECT_THAT(ops(verify_steps(plan, 0)), ElementsAre("baggage.unpack", "info"));
}

TEST(ScenarioSteps, VerifyLooksUnderTheHandleThatIsNamed) {
  RunPlan plan = example_plan();
  plan.job.after = {step("verify", R"({"memfd":"s/b","handle":"second"})")};
  const auto steps = verify_steps(plan, 0);
  const auto found = std::ranges::find_if(steps, [](const Step& each) {
    return each.request.if_contains("memfd") != nullptr &&
           each.request.at("memfd").as_string() == "second";
  });
  ASSERT_NE(found, steps.end());
  EXPECT_EQ(found->memfd->title, "s/b");
}

TEST(ScenarioSteps, APromisedRefusalOfKexecLeavesTheMachineWhereItIs) {
  RunPlan plan = example_plan();
  plan.job.before = {step("kexec")};
  plan.job.before[0].errors = {"EINVAL"};
  FakeMachine machine(plan, {.refuses_first_kexec = true});
  EXPECT_EQ(machine.run().verdict, Verdict::PASS);
}

TEST(ScenarioSteps, AKexecThatShouldHaveBeenRefusedIsTheKernelsFault) {
  RunPlan plan = example_plan();
  plan.job.before = {step("kexec")};
  plan.job.before[0].errors = {"EINVAL"};
  const AttemptReport report = FakeMachine(plan, {}).run();
  EXPECT_EQ(report.verdict, Verdict::FAIL);
  EXPECT_THAT(report.reason, HasSubstr("the kexec went through; EINVAL is promised"));
}

TEST(ScenarioSteps, GoOnAfterOneThatFailed) {
  RunPlan plan = example_plan();
  plan.job.after = {step("memfd.truncate")};
  Misdeeds misdeeds;
  misdeeds.refused["memfd.truncate"] = "EPERM";
  misdeeds.refused_call = "ftruncate";
  FakeMachine machine(plan, misdeeds);
  const AttemptReport report = machine.run();
  EXPECT_EQ(report.verdict, Verdict::FAIL);
  EXPECT_EQ(machine.asked().count("finish"), 1U);
}

}  // namespace
}  // namespace luolab
