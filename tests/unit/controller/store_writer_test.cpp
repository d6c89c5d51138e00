// SPDX-License-Identifier: Apache-2.0
#include "controller/lab/store_writer.h"

#include <stdexcept>

#include <gtest/gtest.h>

#include "core/base/file.h"
#include "tests/unit/async/run_task.h"

namespace luolab {
namespace {

class StoreWriterTest : public testing::Test {
 protected:
  StoreWriterTest()
      : folder_(std::filesystem::temp_directory_path()), writer_(executor(), open()) {}

  asio::any_io_executor executor() { return io_.get_executor(); }
  Store open() { return *Store::open(folder_.path() / "luolab.db", {.patience = {}}); }

  TempDir folder_;
  asio::io_context io_;
  StoreWriter writer_;
};

Task<bool> three_changes_one_of_which_fails(StoreWriter& writer, int& thrown) {
  auto first = [](Store& store) {
    return store.add_token({"a", TokenRole::read, std::string(64, 'a'), {}});
  };
  auto second = [](Store& store) -> TokenId {
    store.add_token({"b", TokenRole::read, std::string(64, 'b'), {}});
    throw std::runtime_error("no");
  };
  auto third = [](Store& store) {
    return store.add_token({"c", TokenRole::read, std::string(64, 'c'), {}});
  };
  Task<TokenId> one = writer.write(first);
  Task<TokenId> two = writer.write(second);
  Task<TokenId> three = writer.write(third);
  co_await std::move(one);
  try {
    co_await std::move(two);
  } catch (const std::runtime_error&) {
    ++thrown;
  }
  co_await std::move(three);
  co_return true;
}

TEST_F(StoreWriterTest, AChangeThatFailsTakesOnlyItselfBack) {
  int thrown = 0;
  run_task(io_, three_changes_one_of_which_fails(writer_, thrown));
  EXPECT_EQ(thrown, 1);
  const auto tokens = open().tokens();
  ASSERT_EQ(tokens.size(), 2U);
  EXPECT_EQ(tokens[0].name, "a");
  EXPECT_EQ(tokens[1].name, "c");
}

TEST_F(StoreWriterTest, WhatWaitsIsCommittedTogether) {
  int thrown = 0;
  run_task(io_, three_changes_one_of_which_fails(writer_, thrown));
  EXPECT_EQ(writer_.stats().steps, 3U);
  EXPECT_LE(writer_.stats().batches, 2U);  // the first alone, then what came meanwhile
}

TEST_F(StoreWriterTest, EventsAreToldInOrderAfterTheirCommit) {
  std::vector<std::int64_t> told;
  writer_.on_events([&](std::vector<EventRow> events) {
    for (const EventRow& event : events) told.push_back(event.seq);
  });
  int thrown = 0;
  run_task(io_, three_changes_one_of_which_fails(writer_, thrown));
  std::vector<std::int64_t> stored;
  for (const EventRow& event : open().events(0, 100)) stored.push_back(event.seq);
  EXPECT_EQ(told, stored);
  EXPECT_EQ(told.size(), 2U);
}

TEST_F(StoreWriterTest, WhoHoldsTheStoreTooLongFailsTheBatchAndNotTheWriter) {
  Database other(folder_.path() / "luolab.db");
  int busy = 0;
  const auto attempt = [&]() -> Task<bool> {
    auto change = [](Store& store) {
      return store.add_token({"a", TokenRole::read, std::string(64, 'a'), {}});
    };
    {
      const Transaction held(other);
      try {
        co_await writer_.write(change);
      } catch (const SqliteError& error) {
        busy += error.fault() == SqliteFault::busy ? 1 : 0;
      }
    }
    co_await writer_.write(change);
    co_return true;
  };
  run_task(io_, attempt());
  EXPECT_EQ(busy, 1);
  EXPECT_EQ(open().tokens().size(), 1U);
}

class SmallBatchesTest : public StoreWriterTest {
 protected:
  /// So many changes, asked for at once; how many were taken.
  Task<int> change_at_once(int changes) {
    std::vector<Task<TokenId>> asked;
    for (int i = 0; i < changes; ++i) {
      const std::string name(1, static_cast<char>('a' + i));
      auto change = [name](Store& store) {
        return store.add_token({name, TokenRole::read, std::string(64, name.front()), {}});
      };
      asked.push_back(small_.write(change));
    }
    int taken = 0;
    for (Task<TokenId>& one : asked) {
      try {
        co_await std::move(one);
        ++taken;
      } catch (const SqliteError&) {  // not taken
      }
    }
    co_return taken;
  }

  StoreWriter small_{executor(), open(), 2};
};

TEST_F(SmallBatchesTest, ABatchHasABoundAndTheRestFollows) {
  EXPECT_EQ(run_task(io_, change_at_once(6)), 6);
  EXPECT_EQ(small_.stats().batches, 4U);  // the first alone, then two, two and one
  EXPECT_EQ(open().tokens().size(), 6U);
}

TEST_F(SmallBatchesTest, WhereTheStoreIsHeldAllThatWaitsIsToldWithOneTry) {
  Database other(folder_.path() / "luolab.db");
  {
    const Transaction held(other);
    EXPECT_EQ(run_task(io_, change_at_once(6)), 0);
  }
  EXPECT_EQ(small_.stats().batches, 2U);  // the first alone, then all others
}

}  // namespace
}  // namespace luolab
