// SPDX-License-Identifier: Apache-2.0
#include "worker/run/judge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace luolab {
namespace {

using testing::HasSubstr;

std::vector<Check> proofs(std::int32_t hops) {
  std::vector<Check> checks;
  for (std::int32_t hop = 0; hop < hops; ++hop) {
    for (const std::string& name : kContinuityChecks)
      checks.push_back({hop, name, {}, Verdict::PASS, {}});
  }
  return checks;
}

TEST(Judge, PassNeedsEveryProofForEveryHop) {
  EXPECT_EQ(judge(proofs(2), 2, true).verdict, Verdict::PASS);
  for (std::size_t missing = 0; missing < proofs(2).size(); ++missing) {
    auto checks = proofs(2);
    checks.erase(checks.begin() + static_cast<std::ptrdiff_t>(missing));
    EXPECT_EQ(judge(checks, 2, true).verdict, Verdict::MISS) << missing;
  }
}

TEST(Judge, NothingCheckedIsNeverPass) {
  EXPECT_EQ(judge({}, 1, true).verdict, Verdict::MISS);
  EXPECT_EQ(judge({}, 0, true).verdict, Verdict::ERROR);
}

TEST(Judge, AJobThatDidNotRunToItsEndIsNeverPass) {
  EXPECT_EQ(judge(proofs(1), 1, false).verdict, Verdict::MISS);
}

TEST(Judge, AJobThatAKnownIssueEndedIsAnExpectedFailure) {
  std::vector<Check> checks{{0, "machine", {}, Verdict::XFAIL, "panic [known issue]"}};
  EXPECT_EQ(judge(checks, 1, false).verdict, Verdict::XFAIL);
  checks.push_back({0, "content", "s/a", Verdict::FAIL, "differs"});
  EXPECT_EQ(judge(checks, 1, false).verdict, Verdict::FAIL);
}

TEST(Judge, AKnownIssueOnTheWayDoesNotExcuseAJobThatDidNotEnd) {
  const std::vector<Check> checks{{0, "content", "s/a", Verdict::XFAIL, "known"}};
  EXPECT_EQ(judge(checks, 1, false).verdict, Verdict::MISS);
}

TEST(Judge, EvidenceAgainstTheKernelStandsAboveTroubleOfTheLab) {
  auto checks = proofs(1);
  checks.push_back({0, "machine", {}, Verdict::MISS, "gone"});
  checks.push_back({0, "content", "s/a", Verdict::FAIL, "differs"});
  const Judgement judgement = judge(checks, 1, true);
  EXPECT_EQ(judgement.verdict, Verdict::FAIL);
  EXPECT_EQ(judgement.reason, "content of s/a (hop 1): differs");
}

TEST(Judge, TroubleOfTheTestStandsAboveTroubleOfTheLab) {
  auto checks = proofs(1);
  checks.push_back({0, "machine", {}, Verdict::MISS, "gone"});
  checks.push_back({-1, "record", {}, Verdict::ERROR, "odd"});
  EXPECT_EQ(judge(checks, 1, true).verdict, Verdict::ERROR);
}

TEST(Judge, ARemarkWithoutJudgementDoesNotSpoilAPass) {
  auto checks = proofs(1);
  checks.push_back({0, "clocks", {}, Verdict::DONE, "disagree"});
  EXPECT_EQ(judge(checks, 1, true).verdict, Verdict::PASS);
  EXPECT_THAT(judge(checks, 1, true).reason, HasSubstr("1 live update"));
}

}  // namespace
}  // namespace luolab
