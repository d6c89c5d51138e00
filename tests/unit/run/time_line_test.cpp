// SPDX-License-Identifier: Apache-2.0
#include "worker/run/time_line.h"

#include <gtest/gtest.h>

namespace luolab {
namespace {

using namespace std::chrono_literals;

const TimeLine::WorkerTime kZero{1h};

TEST(TimeLine, TurnsTicksIntoTimeByTheFrequency) {
  TimeLine line(kZero);
  line.set_frequency(2'000'000'000);
  EXPECT_EQ(line.between(1000, 3000), 1us);
  EXPECT_EQ(line.between(3000, 1000), -1us);
}

TEST(TimeLine, WithoutAFrequencyNoDurationIsInvented) {
  EXPECT_EQ(TimeLine(kZero).between(0, 1'000'000), 0ns);
}

TEST(TimeLine, WorkerStampsCountFromTheAttemptsStart) {
  TimeLine line(kZero);
  line.add_seen("boot", -1, kZero + 1s, kZero + 3s);
  ASSERT_EQ(line.phases().size(), 1U);
  EXPECT_EQ(line.phases()[0].start, 1s);
  EXPECT_EQ(line.phases()[0].duration, 2s);
  EXPECT_FALSE(line.phases()[0].start_tsc);
}

TEST(TimeLine, TheWholeIsTheSumOfItsPartsWithoutTheLabsRoundTrips) {
  TimeLine line(kZero);
  line.set_frequency(1'000'000'000);
  line.add_stamped("preserve", 0, "s/a", 100, 200, kZero, kZero + 1s);
  line.add_stamped("preserve", 0, "s/b", 5000, 5300, kZero + 2s, kZero + 3s);
  line.add_stamped("preserve", 1, "s/a", 9000, 9900, kZero + 4s, kZero + 5s);
  line.add_totals(0);
  EXPECT_EQ(line.total("preserve", 0), 400ns);
  EXPECT_FALSE(line.total("preserve", 1));
  EXPECT_FALSE(line.total("verify", 0));
}

TEST(TimeLine, APhaseWithoutSubjectsIsItsOwnTotal) {
  TimeLine line(kZero);
  line.set_frequency(1'000'000'000);
  line.add_stamped("blackout", 0, {}, 0, 7, kZero, kZero);
  line.add_totals(0);
  EXPECT_EQ(line.total("blackout", 0), 7ns);
  EXPECT_EQ(line.phases().size(), 1U);
}

}  // namespace
}  // namespace luolab
