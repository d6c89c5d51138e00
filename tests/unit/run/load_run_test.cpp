// SPDX-License-Identifier: Apache-2.0
// Jobs with load through the run machine: what is asked when, and what acknowledgements change.
#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fakes/fake_machine.h"
#include "worker/run/run_machine.h"

namespace luolab {
namespace {

using testing::HasSubstr;

std::vector<std::string> ops_of(const FakeMachine& machine) {
  std::vector<std::string> ops;
  for (const auto& request : machine.requests()) ops.emplace_back(request.at("op").as_string());
  return ops;
}

std::ptrdiff_t place_of(const std::vector<std::string>& ops, const char* op) {
  return std::ranges::find(ops, op) - ops.begin();
}

const Check* find_check(const AttemptReport& report, const std::string& name,
                        const std::string& subject) {
  for (const Check& check : report.checks) {
    if (check.name == name && check.subject == subject) return &check;
  }
  return nullptr;
}

TEST(LoadRun, WritersRunFromBeforePreserveIntoTheKexec) {
  const RunPlan plan = example_plan_with_load();
  FakeMachine machine(plan, {});
  const AttemptReport report = machine.run();
  EXPECT_EQ(report.verdict, Verdict::PASS) << report.reason;
  const auto ops = ops_of(machine);
  EXPECT_LT(place_of(ops, "memfd.digest"), place_of(ops, "load.start")) << "recorded at rest";
  EXPECT_LT(place_of(ops, "load.start"), place_of(ops, "preserve"));
  EXPECT_EQ(machine.asked().count("load.start"), 2U);
  EXPECT_EQ(machine.asked().count("load.stop"), 0U);
}

TEST(LoadRun, QuiescedWritersStopBetweenPreserveAndKexec) {
  const RunPlan plan = example_plan_with_load(1, true);
  FakeMachine machine(plan, {});
  EXPECT_EQ(machine.run().verdict, Verdict::PASS);
  const auto ops = ops_of(machine);
  EXPECT_LT(place_of(ops, "preserve"), place_of(ops, "load.stop"));
  EXPECT_LT(place_of(ops, "load.stop"), place_of(ops, "kexec"));
}

TEST(LoadRun, WritersGoOnInEveryKernelOnceItIsVerified) {
  const RunPlan plan = example_plan_with_load(2);
  FakeMachine machine(plan, {});
  const AttemptReport report = machine.run();
  EXPECT_EQ(report.verdict, Verdict::PASS) << report.reason;
  std::vector<bool> resumes;
  for (const auto& request : machine.requests()) {
    if (const auto* resume = request.if_contains("resume")) resumes.push_back(resume->as_bool());
  }
  EXPECT_EQ(resumes, (std::vector<bool>{false, true}));
}

TEST(LoadRun, TheIncomingKernelIsNotToldTheSeedBeforeItIsVerified) {
  const RunPlan plan = example_plan_with_load(2);
  FakeMachine machine(plan, {});
  machine.run();
  bool verified = true;
  for (const auto& request : machine.requests()) {
    const auto& op = request.at("op").as_string();
    if (op == "kexec") verified = false;
    if (op == "info") verified = true;
    EXPECT_TRUE(verified || !request.contains("seed")) << op;
  }
}

TEST(LoadRun, StepsThatWereAcknowledgedAndAreInNoJournalFail) {
  const RunPlan plan = example_plan_with_load();
  const AttemptReport report = FakeMachine(plan, {.loses_steps = true}).run();
  EXPECT_EQ(report.verdict, Verdict::FAIL);
  EXPECT_THAT(report.reason, HasSubstr("writer 1: step 5 was acknowledged"));
}

TEST(LoadRun, MemoryThatDiffersIsLookedAtPageByPage) {
  const RunPlan plan = example_plan_with_load();
  FakeMachine machine(plan, {.flip_after_update = true});
  const AttemptReport report = machine.run();
  EXPECT_EQ(report.verdict, Verdict::FAIL);
  EXPECT_EQ(machine.asked().count("load.records"), 1U);
}

TEST(LoadRun, ALoadThatFindsSomethingWrongFails) {
  const RunPlan plan = example_plan_with_load();
  const AttemptReport report = FakeMachine(plan, {.load_goes_wrong = true}).run();
  EXPECT_EQ(report.verdict, Verdict::FAIL);
  const Check* const check = find_check(report, "load", "1-cpu");
  ASSERT_NE(check, nullptr);
  EXPECT_THAT(check->detail, HasSubstr("1 of 70 steps went wrong"));
}

TEST(LoadRun, WhatALoadDidIsMeasured) {
  const RunPlan plan = example_plan_with_load();
  const AttemptReport report = FakeMachine(plan, {}).run();
  const auto found = std::ranges::find(report.measurements, "load.1-cpu", &Measurement::name);
  ASSERT_NE(found, report.measurements.end());
  EXPECT_EQ(found->value, 70);
}

}  // namespace
}  // namespace luolab
