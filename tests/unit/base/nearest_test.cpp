// SPDX-License-Identifier: Apache-2.0
#include "core/base/nearest.h"

#include <array>

#include <gtest/gtest.h>

namespace luolab {
namespace {

constexpr std::array<std::string_view, 4> kWords{"sessions", "kernels", "checks", "target"};

TEST(NearestWord, FindsOneThatLacksALetter) {
  EXPECT_EQ(nearest_word("sesions", kWords), "sessions");
}

TEST(NearestWord, CountsSwappedNeighboursAsOneEdit) {
  EXPECT_EQ(nearest_word("kernlse", kWords), "kernels");
  EXPECT_EQ(nearest_word("ba", std::array<std::string_view, 1>{"ab"}), "ab");
}

TEST(NearestWord, PrefersTheFewestEdits) {
  EXPECT_EQ(nearest_word("check", std::array<std::string_view, 2>{"checkers", "checks"}), "checks");
}

TEST(NearestWord, IsEmptyWhereNothingIsNear) {
  EXPECT_EQ(nearest_word("banana", kWords), std::nullopt);
  EXPECT_EQ(nearest_word("checks", {}), std::nullopt);
}

TEST(NearestWord, AllowsAShortWordOneEdit) {
  EXPECT_EQ(nearest_word("ns", std::array<std::string_view, 1>{"ms"}), "ms");
  EXPECT_EQ(nearest_word("xy", std::array<std::string_view, 1>{"ms"}), std::nullopt);
}

TEST(NearestWord, DoesNotTryWhatIsNoMisspelling) {
  EXPECT_EQ(nearest_word(std::string(100'000, 'x'), kWords), std::nullopt);
}

}  // namespace
}  // namespace luolab
