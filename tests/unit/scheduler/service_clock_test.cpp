// SPDX-License-Identifier: Apache-2.0
#include "controller/scheduler/service_clock.h"

#include <map>
#include <random>

#include <gtest/gtest.h>

#include "tests/unit/scheduler/lab.h"

namespace luolab {
namespace {

using namespace std::chrono_literals;

/// The nth job, which became ready in the nth second.
QueuedJob nth(std::int64_t n) { return {at(std::chrono::seconds{n}), {n}}; }

TEST(ServiceClock, AJobAgesFromWhenItBecameReady) {
  ServiceClock clock(1min);
  EXPECT_EQ(clock.since(nth(7)), at(7s));
}

TEST(ServiceClock, AJobDoesNotAgeWhileAnEarlierOneRuns) {
  ServiceClock clock(1min);
  clock.started(nth(1));
  EXPECT_FALSE(clock.since(nth(2)));
  clock.ended(nth(1), at(30min));
  EXPECT_EQ(clock.since(nth(2)), at(30min));
  EXPECT_EQ(clock.since(nth(3600)), at(60min));
}

TEST(ServiceClock, AJobThatLaterOnesOvertakeKeepsItsAge) {
  ServiceClock clock(1min);
  clock.started(nth(2));
  EXPECT_EQ(clock.since(nth(1)), at(1s));
  clock.ended(nth(2), at(30min));
  EXPECT_EQ(clock.since(nth(1)), at(1s));
  EXPECT_EQ(clock.since(nth(3)), at(30min));
}

TEST(ServiceClock, AJobThatIsTriedAgainIsNotItsOwnPredecessor) {
  ServiceClock clock(1min);
  clock.started(nth(1));
  clock.ended(nth(1), at(30min));
  EXPECT_EQ(clock.since(nth(1)), at(1s));
}

TEST(ServiceClock, StartsThatAreUndoneInAnyOrderLeaveNothing) {
  ServiceClock clock(1min);
  clock.started(nth(1));
  clock.ended(nth(1), at(10min));
  for (const std::int64_t n : {2, 3, 4}) clock.started(nth(n));
  for (const std::int64_t n : {3, 2, 4}) clock.undone(nth(n));
  EXPECT_EQ(clock.since(nth(2)), at(10min));
  EXPECT_EQ(clock.since(nth(5)), at(10min));
}

TEST(ServiceClock, IsNeverTooEarlyAndTooLateByAGrainAtMost) {
  constexpr auto kGrain = 10s;
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    std::mt19937_64 random(seed);
    ServiceClock clock(kGrain);
    std::map<QueuedJob, Instant> ends;
    Instant now = at(200s);
    for (int i = 0; i < 60; ++i) {
      now += std::chrono::seconds{random() % 15};
      const QueuedJob ended = nth(static_cast<std::int64_t>(random() % 100));
      clock.started(ended);
      clock.ended(ended, now);
      ends[ended] = now;
      for (std::int64_t n = 0; n < 100; ++n) {
        Instant exact = nth(n).first;
        for (const auto& [job, end] : ends) {
          if (job < nth(n)) exact = std::max(exact, end);
        }
        const auto since = clock.since(nth(n));
        ASSERT_TRUE(since) << "seed " << seed;
        ASSERT_GE(*since, exact) << "seed " << seed;
        ASSERT_LE(*since, exact + kGrain) << "seed " << seed;
      }
    }
  }
}

TEST(ServiceClock, NeverForgetsTheLastEnds) {
  ServiceClock clock(1s);
  for (std::int64_t n = 1; n <= 1000; ++n) {
    clock.started(nth(n));
    clock.ended(nth(n), at(std::chrono::minutes{n}));
  }
  EXPECT_EQ(clock.since(nth(1001)), at(1000min));
  EXPECT_EQ(clock.since(nth(990)), at(989min));
  EXPECT_EQ(clock.since(nth(1)), at(1s));
}

}  // namespace
}  // namespace luolab
