// SPDX-License-Identifier: Apache-2.0
#include "worker/run/known_issue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "worker/run/judge.h"

namespace luolab {
namespace {

using testing::HasSubstr;

const std::vector<KnownIssue> kIssue{{"late-seals", {"7.3"}, "late seals are lost", "the header"}};

std::vector<Check> checks(Verdict verdict) {
  std::vector<Check> all{{0, "step", "late-seals", verdict, "seals are []"}};
  for (const std::string& proof : kContinuityChecks)
    all.push_back({0, proof, "", Verdict::PASS, ""});
  return all;
}

TEST(KnownIssue, AVersionStandsForItsStableReleases) {
  EXPECT_TRUE(covers("7.3", "7.3.4"));
  EXPECT_TRUE(covers("7.3", "7.3"));
  EXPECT_TRUE(covers("7.3", "7.3-rc1"));
  EXPECT_TRUE(covers("7.3.4", "7.3.4"));
  EXPECT_FALSE(covers("7.3", "7.31.0"));
  EXPECT_FALSE(covers("7.3.4", "7.3.40"));
}

TEST(KnownIssue, ItsFailureIsExpectedAndNamesTheReference) {
  std::vector<Check> found = checks(Verdict::FAIL);
  apply_known_issues(found, kIssue, {"7.3.4"}, true);
  EXPECT_EQ(found[0].verdict, Verdict::XFAIL);
  EXPECT_THAT(found[0].detail, HasSubstr("late seals are lost; the header"));
  EXPECT_EQ(judge(found, 1, true).verdict, Verdict::XFAIL);
}

TEST(KnownIssue, AnotherVersionFails) {
  std::vector<Check> found = checks(Verdict::FAIL);
  apply_known_issues(found, kIssue, {"7.4.0"}, true);
  EXPECT_EQ(judge(found, 1, true).verdict, Verdict::FAIL);
}

TEST(KnownIssue, AnotherFailureIsStillAFailure) {
  std::vector<Check> found = checks(Verdict::FAIL);
  found.push_back({0, "content", "s/a", Verdict::FAIL, "differs"});
  apply_known_issues(found, kIssue, {"7.3.4"}, true);
  EXPECT_EQ(judge(found, 1, true).verdict, Verdict::FAIL);
}

TEST(KnownIssue, TroubleOfTheLabIsNeverExpected) {
  std::vector<Check> found = checks(Verdict::MISS);
  apply_known_issues(found, kIssue, {"7.3.4"}, true);
  EXPECT_EQ(judge(found, 1, true).verdict, Verdict::MISS);
}

TEST(KnownIssue, ASurprisingPassIsAPassThatSaysSo) {
  std::vector<Check> found = checks(Verdict::PASS);
  apply_known_issues(found, kIssue, {"7.3.4"}, true);
  const Judgement judgement = judge(found, 1, true);
  EXPECT_EQ(judgement.verdict, Verdict::PASS);
  EXPECT_THAT(judgement.reason, HasSubstr("surprising pass"));
}

TEST(KnownIssue, NothingIsSaidOfAVersionThatItDoesNotConcern) {
  std::vector<Check> found = checks(Verdict::PASS);
  apply_known_issues(found, kIssue, {"7.4.0"}, true);
  EXPECT_EQ(found.size(), checks(Verdict::PASS).size());
}

TEST(KnownIssue, AJobThatBrokeOffSaysNothingOfAPass) {
  std::vector<Check> found = checks(Verdict::PASS);
  apply_known_issues(found, kIssue, {"7.3.4"}, false);
  EXPECT_EQ(found.size(), checks(Verdict::PASS).size());
}

}  // namespace
}  // namespace luolab
