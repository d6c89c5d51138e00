// SPDX-License-Identifier: Apache-2.0
#include "worker/run/content_edits.h"

#include <gtest/gtest.h>

#include "tests/fakes/fake_machine.h"

namespace luolab {
namespace {

StepSpec write_to(const std::string& memfd, std::uint32_t hop = 0) {
  StepSpec step;
  step.op = "memfd.write";
  step.arguments = R"({"memfd":")" + memfd + R"(","offset":100,"hex":"00ff"})";
  step.hop = hop;
  return step;
}

TEST(ContentEdits, HappenBeforeAndAfterEachKexec) {
  Job job = example_plan(2).job;
  job.before = {write_to("s/a", 2)};
  job.after = {write_to("s/a")};
  const auto edits = content_edits(job);
  ASSERT_EQ(edits.size(), 3U);
  EXPECT_EQ(edits[0].place, (StepPlace{0, true, 0}));
  EXPECT_EQ(edits[1].place, (StepPlace{1, false, 0}));
  EXPECT_EQ(edits[2].place, (StepPlace{1, true, 0}));
  EXPECT_EQ(edits[0].bytes, std::string("\0\xff", 2));
}

TEST(ContentEdits, AreNotThoseThatMustFailOrGoElsewhere) {
  Job job = example_plan().job;
  StepSpec refused = write_to("s/a");
  refused.errors = {"EPERM"};
  job.before = {refused, write_to("mine")};
  EXPECT_TRUE(content_edits(job).empty());
}

TEST(ContentEdits, AVersionCountsWhatCameBeforeThePlace) {
  Job job = example_plan().job;
  job.before = {write_to("s/a"), write_to("s/b"), write_to("s/a")};
  const auto edits = content_edits(job);
  EXPECT_EQ(content_version(edits, "s/a", {0, false, 0}), 0U);
  EXPECT_EQ(content_version(edits, "s/a", {0, false, 1}), 1U);
  EXPECT_EQ(content_version(edits, "s/a", {0, true, 0}), 2U);
  EXPECT_EQ(content_version(edits, "s/b", {0, true, 0}), 1U);
}

TEST(ContentEdits, ChangeWhatTheWorkerExpects) {
  RunPlan plan = example_plan();
  plan.job.before = {write_to("s/a")};
  const auto memfds = plan_memfds(plan.job, plan.secrets);
  ASSERT_EQ(memfds[0].edited.size(), 1U);
  EXPECT_NE(memfds[0].version(1).ranges[0], memfds[0].expected.ranges[0]);
  EXPECT_EQ(memfds[0].version(1).ranges[1], memfds[0].expected.ranges[1]);
  EXPECT_NE(memfds[0].version(1).sha256, memfds[0].expected.sha256);
  EXPECT_TRUE(memfds[1].edited.empty());
}

}  // namespace
}  // namespace luolab
