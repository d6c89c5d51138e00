// SPDX-License-Identifier: Apache-2.0
#include "core/http/weighted_list.h"

#include <gtest/gtest.h>

namespace luolab {
namespace {

TEST(WeightedList, WeightsAreThousandths) {
  const auto items = parse_weighted_list("a, b;q=0.5,c ; x=y ; Q=0.125, ,d;q=0");
  ASSERT_EQ(items.size(), 4u);
  EXPECT_EQ(items[0].value, "a");
  EXPECT_EQ(items[0].weight, 1000);
  EXPECT_EQ(items[1].weight, 500);
  EXPECT_EQ(items[2].value, "c");
  EXPECT_EQ(items[2].weight, 125);
  EXPECT_EQ(items[3].weight, 0);
}

TEST(WeightedList, ABadWeightCountsAsNotAccepted) {
  for (const char* text :
       {"a;q=", "a;q=2", "a;q=1.5", "a;q=0.1234", "a;q=-1", "a;q=0,5x", "a;q=.5"})
    EXPECT_EQ(parse_weighted_list(text).at(0).weight, 0) << text;
}

}  // namespace
}  // namespace luolab
