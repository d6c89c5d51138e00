// SPDX-License-Identifier: Apache-2.0
#include "worker/run/script.h"

#include <algorithm>

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fakes/fake_machine.h"

namespace luolab {
namespace {

std::vector<std::string> ops(const std::vector<Step>& steps) {
  std::vector<std::string> ops;
  for (const Step& step : steps) ops.emplace_back(step.request.at("op").as_string());
  return ops;
}

std::ptrdiff_t position(const std::vector<std::string>& list, const std::string& word) {
  return std::ranges::find(list, word) - list.begin();
}

TEST(Script, TheWorkerLearnsEveryDigestBeforeAnythingIsPreserved) {
  const RunPlan plan = example_plan();
  EXPECT_EQ(std::ranges::count(ops(prepare_steps(plan)), std::string("memfd.digest")), 2);
}

TEST(Script, TheKexecComesLast) {
  const RunPlan plan = example_plan();
  EXPECT_EQ(ops(update_steps(plan, 0)).back(), "kexec");
}

TEST(Script, TheNotesAreReadBeforeAnyMemfdIsRetrievedAndFinishComesAfterVerification) {
  const RunPlan plan = example_plan();
  const auto list = ops(verify_steps(plan, 0));
  EXPECT_EQ(list.front(), "baggage.unpack");
  EXPECT_LT(position(list, "retrieve"), position(list, "memfd.digest"));
  EXPECT_LT(position(list, "memfd.digest"), position(list, "finish"));
}

TEST(Script, TamperingComesAfterTheRecordAndBeforePreserve) {
  RunPlan plan = example_plan();
  plan.tampering.push_back({{"op", "memfd.write"}});
  EXPECT_EQ(ops(prepare_steps(plan)).back(), "memfd.write");
}

TEST(Script, SealsAndPositionAreSetOnlyWhereTheScenarioSaysSo) {
  const RunPlan plan = example_plan();
  const auto list = ops(prepare_steps(plan));
  EXPECT_EQ(std::ranges::count(list, std::string("memfd.seal")), 1);
  EXPECT_EQ(std::ranges::count(list, std::string("memfd.seek")), 1);
}

TEST(Script, EveryHopLoadsItsOwnKernel) {
  const RunPlan plan = example_plan(2);
  const auto kernel_of = [&](std::uint32_t hop) {
    for (const Step& step : update_steps(plan, hop)) {
      if (step.kind == Step::Kind::load) return std::string(step.request.at("kernel").as_string());
    }
    return std::string();
  };
  EXPECT_EQ(kernel_of(0), "kernel-build-1");
  EXPECT_EQ(kernel_of(1), "kernel-build-0");
}

TEST(Script, TheCommandLineTurnsLiveUpdateOnAndShowsBanners) {
  Job job;
  job.target.cmdline = {"kho_scratch=64M"};
  const std::string line = kernel_cmdline(job);
  for (const char* word :
       {"kho=on", "liveupdate=on", "loglevel=6", "panic=-1", "kho_scratch=64M"}) {
    EXPECT_THAT(line, testing::HasSubstr(word));
  }
  EXPECT_THAT(line, testing::Not(testing::HasSubstr("tsc_early_khz")));
}

TEST(Script, AGuestIsToldTheFrequencyOfItsTsc) {
  EXPECT_THAT(kernel_cmdline(Job{}, 2'096'015'400),
              testing::HasSubstr(" tsc_early_khz=2096015 lpj=8384061"));
}

}  // namespace
}  // namespace luolab
