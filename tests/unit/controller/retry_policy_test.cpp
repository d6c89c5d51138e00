// SPDX-License-Identifier: Apache-2.0
#include "controller/lab/retry_policy.h"

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace luolab {
namespace {

using testing::HasSubstr;

EndedAttempt ended(Verdict verdict, const std::string& reason = "r",
                   StartPoint start = StartPoint::power_on) {
  return {verdict, reason, "w", start};
}

/// The steps of a job whose attempts end like this, one after the other.
std::vector<NextStep> steps(const std::vector<EndedAttempt>& attempts, const RetryPolicy& policy) {
  std::vector<NextStep> taken;
  for (std::size_t i = 0; i < attempts.size(); ++i) {
    const std::vector<EndedAttempt> earlier(attempts.begin(),
                                            attempts.begin() + static_cast<std::ptrdiff_t>(i));
    taken.push_back(next_step(earlier, attempts[i], policy));
  }
  return taken;
}

TEST(RetryPolicy, WhatIsNeitherFailNorMissEndsTheJobAtOnce) {
  for (const Verdict verdict : {Verdict::PASS, Verdict::ERROR, Verdict::SKIP, Verdict::DONE}) {
    const NextStep step = next_step({}, ended(verdict, "why"), {.most_misses = 3, .confirm = 5});
    EXPECT_FALSE(step.again);
    EXPECT_EQ(step.verdict, verdict);
    EXPECT_EQ(step.reason, "why");
  }
}

TEST(RetryPolicy, MissesAreTriedAgainUpToTheBound) {
  const auto taken = steps({ended(Verdict::MISS), ended(Verdict::MISS), ended(Verdict::MISS, "z")},
                           {.most_misses = 3});
  EXPECT_TRUE(taken[0].again);
  EXPECT_TRUE(taken[1].again);
  EXPECT_FALSE(taken[2].again);
  EXPECT_EQ(taken[2].verdict, Verdict::MISS);
  EXPECT_THAT(taken[2].reason, HasSubstr("3 times, last on w: z"));
  EXPECT_FALSE(next_step({}, ended(Verdict::MISS), {.most_misses = 1}).again);
}

TEST(RetryPolicy, AFailIsConfirmedAsOftenAsAsked) {
  const std::vector<EndedAttempt> fails(4, ended(Verdict::FAIL));
  for (const std::uint32_t confirm : {0u, 1u, 3u}) {
    const auto taken = steps({fails.begin(), fails.begin() + confirm + 1}, {.confirm = confirm});
    for (std::uint32_t i = 0; i < confirm; ++i) EXPECT_TRUE(taken[i].again) << confirm;
    EXPECT_FALSE(taken.back().again) << confirm;
    EXPECT_EQ(taken.back().verdict, Verdict::FAIL) << confirm;
  }
}

TEST(RetryPolicy, AFailIsNeverRetriedAway) {
  const auto taken = steps({ended(Verdict::FAIL, "first"), ended(Verdict::PASS)}, {.confirm = 1});
  EXPECT_FALSE(taken[1].again);
  EXPECT_EQ(taken[1].verdict, Verdict::FAIL);
  EXPECT_THAT(taken[1].reason, HasSubstr("flaky: failed in 1 of 2 attempts: first"));
}

TEST(RetryPolicy, MissesAmongConfirmationsAreMadeUpForUntilTheBound) {
  const auto taken =
      steps({ended(Verdict::FAIL, "first"), ended(Verdict::MISS), ended(Verdict::MISS, "disk")},
            {.most_misses = 2, .confirm = 1});
  EXPECT_TRUE(taken[1].again);
  EXPECT_FALSE(taken[2].again);
  EXPECT_EQ(taken[2].verdict, Verdict::FAIL);
  EXPECT_EQ(taken[2].reason, "first (not confirmed: disk)");
}

TEST(RetryPolicy, AFailInAForkCountsOnlyOnceItCameFromPowerOn) {
  const EndedAttempt forked = ended(Verdict::FAIL, "fork", StartPoint::prepared);
  const auto passed = steps({forked, ended(Verdict::PASS, "fine")}, {.confirm = 0});
  EXPECT_TRUE(passed[0].again);
  EXPECT_TRUE(passed[0].from_power_on);
  EXPECT_FALSE(passed[1].again);
  EXPECT_EQ(passed[1].verdict, Verdict::PASS);
  const auto failed = steps({forked, ended(Verdict::FAIL, "again")}, {.confirm = 0});
  EXPECT_EQ(failed[1].verdict, Verdict::FAIL);
  EXPECT_TRUE(needs_power_on(std::vector{forked}));
  EXPECT_FALSE(needs_power_on(std::vector{ended(Verdict::FAIL)}));
}

/// Whatever comes, a job ends, within the attempts that the policy allows.
TEST(RetryPolicy, EveryHistoryEndsWithinItsBound) {
  const RetryPolicy policy{.most_misses = 3, .confirm = 2};
  const std::vector<EndedAttempt> kinds{ended(Verdict::PASS), ended(Verdict::FAIL),
                                        ended(Verdict::MISS),
                                        ended(Verdict::FAIL, "f", StartPoint::booted)};
  constexpr int kMost = 7;
  int histories = 0;
  for (int number = 0; number < 1 << (2 * kMost); ++number) {
    std::vector<EndedAttempt> earlier;
    bool forks = true;  // after a fork's fail there are no more forks
    for (int digit = 0; digit <= kMost; ++digit) {
      if (digit == kMost) {
        ADD_FAILURE() << "history " << number << " does not end";
        return;
      }
      EndedAttempt next = kinds[static_cast<std::size_t>((number >> (2 * digit)) & 3)];
      if (!forks) next.start = StartPoint::power_on;
      const NextStep step = next_step(earlier, next, policy);
      earlier.push_back(next);
      forks = !needs_power_on(earlier);
      EXPECT_TRUE(forks || !step.again || step.from_power_on);
      if (!step.again) break;
    }
    ++histories;
  }
  EXPECT_EQ(histories, 1 << (2 * kMost));
}

}  // namespace
}  // namespace luolab
