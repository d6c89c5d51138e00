// SPDX-License-Identifier: Apache-2.0
#include "controller/lab/lease_table.h"

#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace luolab {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr TimePoint kStart{1000s};

Lease lease(std::int64_t attempt, const std::string& worker, std::chrono::seconds expires) {
  return {.attempt = AttemptId{attempt}, .worker = worker, .expires = kStart + expires};
}

TEST(LeaseTable, ExpiredOnesAreThoseWhoseTimeHasComeEarliestFirst) {
  LeaseTable table;
  table.add(lease(1, "a", 30s));
  table.add(lease(2, "b", 10s));
  table.add(lease(3, "a", 20s));
  EXPECT_THAT(table.expired(kStart + 9s), IsEmpty());
  EXPECT_THAT(table.expired(kStart + 20s), ElementsAre(AttemptId{2}, AttemptId{3}));
  EXPECT_EQ(table.next_expiry(), kStart + 10s);
}

TEST(LeaseTable, RenewingPutsOffOneOfSeveralThatExpireTogether) {
  LeaseTable table;
  for (const std::int64_t attempt : {1, 2, 3}) table.add(lease(attempt, "a", 10s));
  table.renew(*table.find(AttemptId{2}), kStart + 40s);
  EXPECT_THAT(table.expired(kStart + 10s), ElementsAre(AttemptId{1}, AttemptId{3}));
  EXPECT_THAT(table.expired(kStart + 40s), ElementsAre(AttemptId{1}, AttemptId{3}, AttemptId{2}));
}

TEST(LeaseTable, WhatIsRemovedIsNowhere) {
  LeaseTable table;
  table.add(lease(1, "a", 10s));
  table.remove(AttemptId{1});
  table.remove(AttemptId{1});
  EXPECT_EQ(table.find(AttemptId{1}), nullptr);
  EXPECT_EQ(table.size(), 0u);
  EXPECT_FALSE(table.next_expiry());
  EXPECT_THAT(table.of_worker("a"), IsEmpty());
  EXPECT_THAT(table.all(), IsEmpty());
}

/// Against a plain list of what there should be.
TEST(LeaseTable, AgreesWithAPlainListOverRandomHistories) {
  std::mt19937 random(7);
  LeaseTable table;
  std::map<std::int64_t, Lease> plain;
  for (std::int64_t step = 1; step <= 5000; ++step) {
    const auto pick = static_cast<std::int64_t>(random() % 50);
    const std::chrono::seconds time{static_cast<int>(random() % 20)};
    if (random() % 3 == 0) {
      table.remove(AttemptId{pick});
      plain.erase(pick);
    } else if (plain.contains(pick)) {
      table.renew(*table.find(AttemptId{pick}), kStart + time);
      plain[pick].expires = kStart + time;
    } else {
      plain[pick] = lease(pick, "w" + std::to_string(pick % 5), time);
      table.add(plain[pick]);
    }
    ASSERT_EQ(table.size(), plain.size());
    std::size_t expired = 0;
    std::size_t of_first = 0;
    for (const auto& [id, entry] : plain) {
      expired += entry.expires <= kStart + 10s;
      of_first += entry.worker == "w0";
    }
    ASSERT_EQ(table.expired(kStart + 10s).size(), expired);
    ASSERT_EQ(table.of_worker("w0").size(), of_first);
  }
}

}  // namespace
}  // namespace luolab
