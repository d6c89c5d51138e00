// SPDX-License-Identifier: Apache-2.0
// What must hold whatever happens: thousands of random histories.
#include "tests/unit/scheduler/history.h"

#include <gtest/gtest.h>

namespace luolab {
namespace {

constexpr std::uint64_t kHistories = 1500;
constexpr int kSteps = 120;

TEST(AnyHistory, KeepsEveryPromise) {
  std::size_t placements = 0;
  for (std::uint64_t seed = 1; seed <= kHistories; ++seed) {
    History history(seed);
    try {
      for (int i = 0; i < kSteps; ++i) history.step();
      ASSERT_TRUE(history.finish())
          << "seed " << seed << ": " << history.scheduler().waiting() << " jobs starve";
    } catch (const std::exception& broken) {
      FAIL() << "seed " << seed << ": " << broken.what();
    }
    placements += history.placements().size();
  }
  EXPECT_GT(placements, kHistories * 10);
}

TEST(AnyHistory, GivesTheSamePlacementsWhenItIsRepeated) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    History once(seed);
    History again(seed);
    for (int i = 0; i < kSteps; ++i) {
      once.step();
      again.step();
    }
    ASSERT_EQ(once.placements(), again.placements()) << "seed " << seed;
  }
}

}  // namespace
}  // namespace luolab
