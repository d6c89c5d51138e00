// SPDX-License-Identifier: Apache-2.0
#include "controller/gate/gate_plan.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "tests/unit/gate/fake_gate_runner.h"

namespace luolab {
namespace {

/// Tests one after the other of these promises, all alike otherwise.
GateSuite suite_of(const std::vector<std::uint32_t>& promises) {
  GateSuite suite;
  for (const std::uint32_t promise : promises) {
    GateCase test;
    test.title = "promise " + std::to_string(promise);
    if (promise != 0) test.candidate.promises = {promise};
    test.candidate.hops = {0};
    test.baseline = test.candidate;
    suite.cases.push_back(test);
  }
  return suite;
}

std::vector<std::string> titles(const GatePlan& plan) {
  std::vector<std::string> all;
  for (const GateCase* test : plan.chosen) all.push_back(test->title);
  return all;
}

GateOrder budget_for(std::size_t tests) {
  GateOrder order = gate_order();
  Job job;
  job.hops = {0};
  order.budget = 2 * 2 * tests * expected_time(job);
  return order;
}

TEST(GatePlan, WithoutABudgetEverythingIsRun) {
  const GateSuite suite = suite_of({1, 19, 0});
  EXPECT_EQ(plan_gate(suite, gate_order()).chosen.size(), 3U);
  EXPECT_TRUE(plan_gate(suite, gate_order()).left_out.empty());
}

TEST(GatePlan, WhatTheSeriesTouchesComesFirst) {
  const GateSuite suite = suite_of({19, 1, 0, 12, 8});
  const GatePlan plan = plan_gate(suite, budget_for(3));
  EXPECT_EQ(titles(plan), (std::vector<std::string>{"promise 1", "promise 0", "promise 8"}));
}

TEST(GatePlan, SaysWhatItLeavesOutAndWhy) {
  const GateSuite suite = suite_of({19, 1});
  const GatePlan plan = plan_gate(suite, budget_for(1));
  ASSERT_EQ(plan.left_out.size(), 1U);
  EXPECT_EQ(plan.left_out[0].what, "promise 19");
  EXPECT_NE(plan.left_out[0].why.find("of the budget of"), std::string::npos);
}

TEST(GatePlan, LargerMachinesAndMoreHopsTakeLonger) {
  Job small;
  small.hops = {0};
  Job large = small;
  large.sessions = {{.name = "s", .memfds = {{.name = "m", .size_bytes = std::uint64_t{1} << 30}}}};
  Job long_chain = small;
  long_chain.hops = {0, 0, 0};
  EXPECT_GT(expected_time(large), expected_time(small));
  EXPECT_GT(expected_time(long_chain), expected_time(small));
}

}  // namespace
}  // namespace luolab
