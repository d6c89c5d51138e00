// SPDX-License-Identifier: Apache-2.0
#include "worker/kernel/relative.h"

#include <gtest/gtest.h>

namespace luolab {
namespace {

const Lineage kWanted = {"w", "family", {"p1", "p2", "p3"}};

TEST(Relative, ThereIsNoneAmongNone) { EXPECT_FALSE(nearest_relative(kWanted, {}).has_value()); }

TEST(Relative, TheLongestCommonPrefixWins) {
  EXPECT_EQ(
      nearest_relative(
          kWanted, {{"a", "family", {}}, {"b", "family", {"p1", "p2"}}, {"c", "family", {"p1"}}}),
      1U);
}

TEST(Relative, TheUnpatchedBaseIsBetterThanNothing) {
  EXPECT_EQ(nearest_relative(kWanted, {{"a", "family", {}}}), 0U);
}

TEST(Relative, APatchIsNeverTakenAway) {
  EXPECT_FALSE(nearest_relative(kWanted, {{"a", "family", {"p1", "x"}},
                                          {"b", "family", {"p1", "p2", "p3", "p4"}},
                                          {"c", "family", {"p2"}}})
                   .has_value());
}

TEST(Relative, AnotherFamilyIsNoRelative) {
  EXPECT_FALSE(nearest_relative(kWanted, {{"a", "other", {"p1", "p2"}}}).has_value());
}

}  // namespace
}  // namespace luolab
