// SPDX-License-Identifier: Apache-2.0
#include "worker/lease/backoff.h"

#include <set>

#include <gtest/gtest.h>

namespace luolab {
namespace {

TEST(BackoffTest, EveryPauseIsWithinItsBounds) {
  Backoff backoff(7);
  for (int i = 0; i < 1000; ++i) {
    const auto pause = backoff.next();
    EXPECT_GE(pause, Backoff::kLeast);
    EXPECT_LE(pause, Backoff::kMost);
  }
}

TEST(BackoffTest, TheFirstPauseAfterASuccessIsShort) {
  Backoff backoff(7);
  for (int i = 0; i < 20; ++i) backoff.next();
  backoff.reset();
  EXPECT_LE(backoff.next(), 2 * Backoff::kLeast);
}

TEST(BackoffTest, AFleetDoesNotComeBackAllAtOnce) {
  std::set<std::chrono::milliseconds> pauses;
  for (std::uint32_t worker = 1; worker <= 50; ++worker) {
    Backoff backoff(worker * 7919);
    for (int i = 0; i < 5; ++i) backoff.next();
    pauses.insert(backoff.next());
  }
  EXPECT_GT(pauses.size(), 40U);
}

}  // namespace
}  // namespace luolab
