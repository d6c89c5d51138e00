// SPDX-License-Identifier: Apache-2.0
#include "controller/lab/health_watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace luolab {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr TimePoint kStart{1000s};
constexpr HealthPolicy kPolicy{.misses = 2, .first_check = 10s, .last_check = 30s};

TEST(HealthWatch, OnlyMissesInARowQuarantine) {
  HealthWatch watch(kPolicy);
  EXPECT_FALSE(watch.attempt_ended("w", Verdict::MISS, kStart));
  EXPECT_FALSE(watch.attempt_ended("w", Verdict::FAIL, kStart));
  EXPECT_FALSE(watch.attempt_ended("w", Verdict::MISS, kStart));
  EXPECT_FALSE(watch.attempt_ended("other", Verdict::MISS, kStart));
  EXPECT_FALSE(watch.quarantined("w"));
  EXPECT_TRUE(watch.attempt_ended("w", Verdict::MISS, kStart));
  EXPECT_TRUE(watch.quarantined("w"));
  EXPECT_FALSE(watch.quarantined("other"));
  EXPECT_FALSE(watch.attempt_ended("w", Verdict::MISS, kStart));  // it is already
}

TEST(HealthWatch, ACheckIsDueOnceAndThePauseDoublesUpToItsLimit) {
  HealthWatch watch(kPolicy);
  EXPECT_FALSE(watch.next_due());
  watch.quarantine("w", kStart);
  EXPECT_EQ(watch.next_due(), kStart + 10s);
  EXPECT_THAT(watch.take_due(kStart + 9s), IsEmpty());
  EXPECT_THAT(watch.take_due(kStart + 10s), ElementsAre("w"));
  EXPECT_THAT(watch.take_due(kStart + 99s), IsEmpty());  // it runs
  EXPECT_FALSE(watch.next_due());
  TimePoint time = kStart + 10s;
  for (const auto pause : {20s, 30s, 30s}) {
    EXPECT_FALSE(watch.check_ended("w", Verdict::MISS, time));
    EXPECT_EQ(watch.next_due(), time + pause);
    time += pause;
    EXPECT_THAT(watch.take_due(time), ElementsAre("w"));
  }
  EXPECT_TRUE(watch.quarantined("w"));
}

TEST(HealthWatch, OnlyAPassMakesHealthyAgainAndCountsAfresh) {
  HealthWatch watch(kPolicy);
  watch.quarantine("w", kStart);
  for (const Verdict verdict : {Verdict::FAIL, Verdict::ERROR, Verdict::SKIP, Verdict::MISS})
    EXPECT_FALSE(watch.check_ended("w", verdict, kStart));
  EXPECT_TRUE(watch.check_ended("w", Verdict::PASS, kStart));
  EXPECT_FALSE(watch.quarantined("w"));
  EXPECT_FALSE(watch.attempt_ended("w", Verdict::MISS, kStart));
}

TEST(HealthWatch, SomebodyCanVouchForAWorker) {
  HealthWatch watch(kPolicy);
  watch.quarantine("w", kStart);
  watch.trust("w");
  EXPECT_FALSE(watch.quarantined("w"));
  EXPECT_FALSE(watch.next_due());
}

TEST(HealthWatch, QuarantiningTwiceDoesNotPutOffTheCheck) {
  HealthWatch watch(kPolicy);
  watch.quarantine("w", kStart);
  watch.quarantine("w", kStart + 5s);
  EXPECT_EQ(watch.next_due(), kStart + 10s);
}

}  // namespace
}  // namespace luolab
