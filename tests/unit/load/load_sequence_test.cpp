// SPDX-License-Identifier: Apache-2.0
#include "core/wire/load_sequence.h"

#include <set>

#include <gtest/gtest.h>

namespace luolab {
namespace {

constexpr LoadOrder kOrders[] = {LoadOrder::sequential, LoadOrder::random, LoadOrder::hot_spot};

TEST(LoadSequence, EveryWriterStaysAmongItsOwnPages) {
  for (const LoadOrder order : kOrders) {
    for (const std::uint32_t writers : {1U, 2U, 3U, 7U}) {
      const LoadShape shape{order, 99, 23, writers};
      for (std::uint32_t writer = 0; writer < writers; ++writer) {
        for (std::uint64_t step = 1; step <= 500; ++step) {
          const std::uint64_t page = load_page(shape, writer, step);
          ASSERT_LT(page, shape.pages) << order_name(order);
          ASSERT_EQ(page % writers, writer) << order_name(order);
        }
      }
    }
  }
}

TEST(LoadSequence, EveryPageIsWrittenInTheEnd) {
  for (const LoadOrder order : kOrders) {
    const LoadShape shape{order, 5, 23, 3};
    std::set<std::uint64_t> pages;
    for (std::uint32_t writer = 0; writer < shape.writers; ++writer) {
      for (std::uint64_t step = 1; step <= 5000; ++step)
        pages.insert(load_page(shape, writer, step));
    }
    EXPECT_EQ(pages.size(), shape.pages) << order_name(order);
  }
}

TEST(LoadSequence, HotSpotsTakeMostOfTheSteps) {
  const LoadShape shape{LoadOrder::hot_spot, 5, 1600, 1};
  int hot = 0;
  for (std::uint64_t step = 1; step <= 1000; ++step) hot += load_page(shape, 0, step) < 100;
  EXPECT_GT(hot, 850);
  EXPECT_LT(hot, 1000);
}

TEST(LoadSequence, SeedsAndWritersHaveOrdersOfTheirOwn) {
  const LoadShape one{LoadOrder::random, 1, 1000, 2};
  const LoadShape other{LoadOrder::random, 2, 1000, 2};
  int same_seed = 0;
  int same_writer = 0;
  for (std::uint64_t step = 1; step <= 200; ++step) {
    same_seed += load_page(one, 0, step) == load_page(other, 0, step);
    same_writer += load_page(one, 0, step) + 1 == load_page(one, 1, step);
  }
  EXPECT_LT(same_seed, 10);
  EXPECT_LT(same_writer, 10);
}

TEST(LoadSequence, OrdersAreKnownByTheirNames) {
  for (const LoadOrder order : kOrders) EXPECT_EQ(parse_order(order_name(order)), order);
  EXPECT_EQ(parse_order("sideways"), std::nullopt);
}

}  // namespace
}  // namespace luolab
