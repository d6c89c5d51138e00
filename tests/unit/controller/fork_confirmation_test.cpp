// SPDX-License-Identifier: Apache-2.0
#include "controller/lab/fork_confirmation.h"

#include <gtest/gtest.h>

namespace luolab {
namespace {

AttemptReport report(Verdict verdict, std::string reason, StartPoint start) {
  AttemptReport report;
  report.verdict = verdict;
  report.reason = std::move(reason);
  report.start = start;
  return report;
}

TEST(ForkConfirmation, OnlyAFailOfAForkNeedsIt) {
  EXPECT_TRUE(needs_confirmation(report(Verdict::FAIL, "", StartPoint::booted)));
  EXPECT_FALSE(needs_confirmation(report(Verdict::FAIL, "", StartPoint::power_on)));
  EXPECT_FALSE(needs_confirmation(report(Verdict::MISS, "", StartPoint::booted)));
  EXPECT_FALSE(needs_confirmation(report(Verdict::PASS, "", StartPoint::prepared)));
}

TEST(ForkConfirmation, AnUnconfirmedFailSaysSo) {
  AttemptReport fork = report(Verdict::FAIL, "content differs", StartPoint::booted);
  mark_unconfirmed(fork);
  EXPECT_EQ(fork.reason, "content differs (in a fork; not yet confirmed from power-on)");
  AttemptReport sure = report(Verdict::FAIL, "content differs", StartPoint::power_on);
  mark_unconfirmed(sure);
  EXPECT_EQ(sure.reason, "content differs");
}

TEST(ForkConfirmation, AFailThatPowerOnShowsTooIsConfirmed) {
  AttemptReport fork = report(Verdict::FAIL, "nonce lost", StartPoint::prepared);
  mark_unconfirmed(fork);
  AttemptReport own = report(Verdict::FAIL, "content differs", StartPoint::power_on);
  compare_with_fork(own, fork);
  EXPECT_EQ(own.verdict, Verdict::FAIL);
  EXPECT_EQ(own.reason, "confirmed from power-on: content differs");
  ASSERT_EQ(own.checks.size(), 1U);
  EXPECT_EQ(own.checks[0].verdict, Verdict::DONE);
  EXPECT_EQ(own.checks[0].subject, "prepared");
  EXPECT_EQ(own.checks[0].detail,
            "the fork: FAIL: nonce lost; from power-on: FAIL: content differs");
}

TEST(ForkConfirmation, AFailThatOnlyAForkShowsIsNamedUnderTheVerdictOfPowerOn) {
  AttemptReport fork = report(Verdict::FAIL, "content differs", StartPoint::booted);
  mark_unconfirmed(fork);
  AttemptReport own = report(Verdict::PASS, "", StartPoint::power_on);
  compare_with_fork(own, fork);
  EXPECT_EQ(own.verdict, Verdict::PASS);
  EXPECT_EQ(own.reason, "only in a fork: content differs; from power-on: PASS");
}

TEST(ForkConfirmation, WhatPowerOnDidNotShowCanBeAskedFor) {
  const AttemptReport fork = report(Verdict::FAIL, "content differs", StartPoint::booted);
  AttemptReport held = report(Verdict::PASS, "", StartPoint::power_on);
  EXPECT_FALSE(failed_in_a_fork_alone(held));
  compare_with_fork(held, fork);
  EXPECT_TRUE(failed_in_a_fork_alone(held));
  AttemptReport failed = report(Verdict::FAIL, "content differs", StartPoint::power_on);
  compare_with_fork(failed, fork);
  EXPECT_FALSE(failed_in_a_fork_alone(failed));
}

TEST(ForkConfirmation, ALabThatBreaksMeanwhileLeavesTheJobUnknown) {
  AttemptReport own = report(Verdict::MISS, "QEMU was killed", StartPoint::power_on);
  compare_with_fork(own, report(Verdict::FAIL, "content differs", StartPoint::booted));
  EXPECT_EQ(own.verdict, Verdict::MISS);
  EXPECT_EQ(own.reason, "only in a fork: content differs; from power-on: MISS: QEMU was killed");
}

}  // namespace
}  // namespace luolab
