// SPDX-License-Identifier: Apache-2.0
#include "worker/run/step_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace luolab {
namespace {

using testing::HasSubstr;

StepSpec step(std::string members = {}, std::vector<std::string> errors = {}) {
  StepSpec spec;
  spec.place = "before[2]";
  spec.op = "memfd.stat";
  spec.members = std::move(members);
  spec.errors = std::move(errors);
  return spec;
}

AgentReply result(boost::json::object members) {
  AgentReply reply;
  reply.result = std::move(members);
  return reply;
}

AgentReply failure(std::string call, std::string error) {
  AgentReply reply;
  reply.failure = AgentFailure{std::move(call), std::move(error), "s/a", ""};
  return reply;
}

Verdict verdict(const StepSpec& spec, const AgentReply& reply, const SavedResults& saved = {}) {
  return check_step(spec, reply, saved).verdict;
}

TEST(StepCheck, ASuccessIsAllThatIsAskedWithoutAnExpectation) {
  EXPECT_EQ(verdict(step(), result({})), Verdict::PASS);
}

TEST(StepCheck, AFailedCallIsTheKernelsFault) {
  EXPECT_EQ(verdict(step(), failure("ftruncate", "EPERM")), Verdict::FAIL);
}

TEST(StepCheck, ARequestThatTheAgentRefusedIsTheTestsFault) {
  EXPECT_EQ(verdict(step({}, {"ENOENT"}), failure("request", "ENOENT")), Verdict::ERROR);
}

TEST(StepCheck, MemoryThatRunsOutIsTheTestsFaultUnlessItIsPromised) {
  EXPECT_EQ(verdict(step(), failure("fallocate", "ENOMEM")), Verdict::ERROR);
  EXPECT_EQ(verdict(step({}, {"ENOMEM"}), failure("fallocate", "ENOMEM")), Verdict::PASS);
}

TEST(StepCheck, WhatOnlySetsTheSceneIsTheTestsFault) {
  StepSpec spec = step();
  spec.op = "swap.on";
  EXPECT_EQ(verdict(spec, failure("open", "ENOENT")), Verdict::ERROR);
}

TEST(StepCheck, TheErrnoMustBeOneOfThePromised) {
  const StepSpec spec = step({}, {"EBUSY", "EAGAIN"});
  EXPECT_EQ(verdict(spec, failure("ioctl", "EAGAIN")), Verdict::PASS);
  const StepOutcome wrong = check_step(spec, failure("ioctl", "EINVAL"), {});
  EXPECT_EQ(wrong.verdict, Verdict::FAIL);
  EXPECT_THAT(wrong.detail, HasSubstr("EBUSY or EAGAIN is promised"));
}

TEST(StepCheck, ASuccessWhereAnErrnoIsPromisedIsAFailure) {
  EXPECT_EQ(verdict(step({}, {"EBUSY"}), result({})), Verdict::FAIL);
}

TEST(StepCheck, MembersAreComparedByValue) {
  const StepSpec spec = step(R"({"size":{"is":4096},"mode":{"is":"0777"}})");
  EXPECT_EQ(verdict(spec, result({{"size", 4096u}, {"mode", "0777"}})), Verdict::PASS);
  const StepOutcome wrong = check_step(spec, result({{"size", 8192u}, {"mode", "0777"}}), {});
  EXPECT_EQ(wrong.verdict, Verdict::FAIL);
  EXPECT_EQ(wrong.detail, "size is 8192, promised is 4096");
}

TEST(StepCheck, ListsAreComparedAsSets) {
  const StepSpec spec = step(R"({"seals":{"is":["grow","shrink"]}})");
  EXPECT_EQ(verdict(spec, result({{"seals", {"shrink", "grow"}}})), Verdict::PASS);
  EXPECT_EQ(verdict(spec, result({{"seals", {"shrink", "grow", "write"}}})), Verdict::FAIL);
  EXPECT_EQ(verdict(spec, result({{"seals", {"shrink"}}})), Verdict::FAIL);
}

TEST(StepCheck, HasAndLacksLookIntoAList) {
  const boost::json::object found{{"flags", {"O_RDWR", "FD_CLOEXEC"}}};
  EXPECT_EQ(verdict(step(R"({"flags":{"has":"O_RDWR"}})"), result(found)), Verdict::PASS);
  EXPECT_EQ(verdict(step(R"({"flags":{"has":"O_PATH"}})"), result(found)), Verdict::FAIL);
  EXPECT_EQ(verdict(step(R"({"flags":{"lacks":"O_PATH"}})"), result(found)), Verdict::PASS);
  EXPECT_EQ(verdict(step(R"({"flags":{"lacks":"O_RDWR"}})"), result(found)), Verdict::FAIL);
}

TEST(StepCheck, BoundsIncludeTheirEnds) {
  const StepSpec spec = step(R"({"blocks":{"min":8,"max":16}})");
  EXPECT_EQ(verdict(spec, result({{"blocks", 8u}})), Verdict::PASS);
  EXPECT_EQ(verdict(spec, result({{"blocks", 16u}})), Verdict::PASS);
  EXPECT_EQ(verdict(spec, result({{"blocks", 7u}})), Verdict::FAIL);
  EXPECT_EQ(verdict(spec, result({{"blocks", 17u}})), Verdict::FAIL);
}

TEST(StepCheck, ASavedResultMayBeMissedByAsMuchAsIsSaid) {
  const SavedResults saved{{"cold", {{"mem_total_kib", 1000u}}}};
  const StepSpec spec = step(R"({"mem_total_kib":{"same_as":"cold","within":10}})");
  EXPECT_EQ(verdict(spec, result({{"mem_total_kib", 990u}}), saved), Verdict::PASS);
  EXPECT_EQ(verdict(spec, result({{"mem_total_kib", 1011u}}), saved), Verdict::FAIL);
}

TEST(StepCheck, WhatDiffersFromASavedResultMustNotBeEqual) {
  const SavedResults saved{{"first", {{"digest", "aa"}}}};
  const StepSpec spec = step(R"({"digest":{"differs_from":"first"}})");
  EXPECT_EQ(verdict(spec, result({{"digest", "bb"}}), saved), Verdict::PASS);
  EXPECT_EQ(verdict(spec, result({{"digest", "aa"}}), saved), Verdict::FAIL);
}

TEST(StepCheck, AMemberThatTheResultDoesNotHaveIsTheTestsFault) {
  EXPECT_EQ(verdict(step(R"({"sizes":{"is":1}})"), result({{"size", 1u}})), Verdict::ERROR);
}

TEST(StepCheck, AStepIsCalledByItsNameOrItsPlace) {
  StepSpec spec = step();
  EXPECT_EQ(step_title(spec), "before[2] (memfd.stat)");
  spec.name = "first-look";
  EXPECT_EQ(step_title(spec), "first-look");
}

}  // namespace
}  // namespace luolab
