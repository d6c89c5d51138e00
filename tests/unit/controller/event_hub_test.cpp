// SPDX-License-Identifier: Apache-2.0
#include "controller/events/event_hub.h"

#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace luolab {
namespace {

std::vector<EventRow> events(std::int64_t first, std::int64_t last) {
  std::vector<EventRow> rows;
  for (std::int64_t seq = first; seq <= last; ++seq) rows.push_back({.seq = seq});
  return rows;
}

std::vector<std::int64_t> numbers(const std::optional<std::vector<EventRow>>& rows) {
  std::vector<std::int64_t> found;
  for (const EventRow& row : rows.value()) found.push_back(row.seq);
  return found;
}

class Hub : public testing::Test {
 protected:
  asio::io_context io_;
  EventHub hub_{io_.get_executor(), 10};
};

TEST_F(Hub, GivesWhatCameAfterANumberUpToALimit) {
  hub_.publish(events(11, 20));
  EXPECT_EQ(hub_.newest(), 20);
  EXPECT_THAT(numbers(hub_.held(17, 9)), testing::ElementsAre(18, 19, 20));
  EXPECT_THAT(numbers(hub_.held(10, 2)), testing::ElementsAre(11, 12));
  EXPECT_THAT(numbers(hub_.held(20, 9)), testing::IsEmpty());
}

TEST_F(Hub, WhatItDoesNotHoldIsToBeAskedOfTheStore) {
  hub_.publish(events(11, 20));
  EXPECT_FALSE(hub_.held(9, 5));
  EXPECT_TRUE(hub_.held(10, 5));
}

TEST_F(Hub, ForgetsTheOldestAndLeavesNoGap) {
  hub_.publish(events(11, 6000));
  EXPECT_FALSE(hub_.held(10, 5));
  std::int64_t after = 10;
  while (!hub_.held(after, 1)) ++after;
  EXPECT_THAT(numbers(hub_.held(after, 1)), testing::ElementsAre(after + 1));
  EXPECT_EQ(hub_.held(after, 9999).value().size(), static_cast<std::size_t>(6000 - after));
}

TEST_F(Hub, WhoWaitsIsWokenByWhatIsNewerAlone) {
  bool woken = false;
  asio::co_spawn(io_, hub_.wait_after(11), [&](const std::exception_ptr&) { woken = true; });
  io_.poll();
  hub_.publish(events(11, 11));
  io_.poll();
  EXPECT_FALSE(woken);
  hub_.publish(events(12, 12));
  io_.poll();
  EXPECT_TRUE(woken);
}

}  // namespace
}  // namespace luolab
