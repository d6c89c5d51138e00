// SPDX-License-Identifier: Apache-2.0
#include "controller/console/console_store.h"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "core/base/file.h"

namespace luolab {
namespace {

constexpr AttemptId kAttempt{7};

class KeptConsoles : public testing::Test {
 protected:
  TempDir folder_{std::filesystem::temp_directory_path()};
  asio::io_context io_;
  ConsoleStore store_{io_.get_executor(), folder_.path() / "consoles", 10};

  std::string all() { return store_.read(kAttempt, 0, 100); }
};

TEST_F(KeptConsoles, OverlapsAreTakenOnceAndGapsNotAtAll) {
  EXPECT_EQ(store_.append(kAttempt, 0, "abc"), 3u);
  EXPECT_EQ(store_.append(kAttempt, 0, "abc"), 3u);
  EXPECT_EQ(store_.append(kAttempt, 1, "bcd"), 4u);
  EXPECT_EQ(store_.append(kAttempt, 6, "x"), 4u);
  EXPECT_EQ(all(), "abcd");
  EXPECT_EQ(store_.read(kAttempt, 1, 2), "bc");
  EXPECT_EQ(store_.read(kAttempt, 9, 2), "");
}

TEST_F(KeptConsoles, BeyondTheLimitNothingIsKeptButAllIsTaken) {
  EXPECT_EQ(store_.append(kAttempt, 0, "0123456789"), 10u);
  EXPECT_EQ(store_.append(kAttempt, 10, "more"), 14u);
  EXPECT_EQ(store_.append(kAttempt, 14, "still"), 19u);
  EXPECT_EQ(all(), "0123456789");
}

TEST_F(KeptConsoles, ClosingTellsWhoFollowsAndTakesTheFile) {
  store_.append(kAttempt, 0, "abc");
  bool woken = false;
  asio::co_spawn(io_, store_.wait_beyond(kAttempt, 3),
                 [&](const std::exception_ptr&) { woken = true; });
  io_.poll();
  EXPECT_FALSE(woken);
  store_.close(kAttempt);
  io_.poll();
  EXPECT_TRUE(woken);
  EXPECT_FALSE(store_.open(kAttempt));
  EXPECT_FALSE(std::filesystem::exists(store_.path(kAttempt)));
}

TEST_F(KeptConsoles, GoOnAfterARestartWhereTheyWere) {
  store_.append(kAttempt, 0, "abc");
  ConsoleStore again(io_.get_executor(), folder_.path() / "consoles");
  again.begin(kAttempt);
  EXPECT_EQ(again.size(kAttempt), 3u);
  EXPECT_EQ(again.append(kAttempt, 3, "d"), 4u);
  EXPECT_EQ(all(), "abcd");
}

TEST_F(KeptConsoles, SweepingTakesOnlyWhatNobodyBegan) {
  store_.append(kAttempt, 0, "abc");
  store_.append(AttemptId{8}, 0, "abc");
  ConsoleStore again(io_.get_executor(), folder_.path() / "consoles");
  again.begin(kAttempt);
  again.sweep();
  EXPECT_TRUE(std::filesystem::exists(again.path(kAttempt)));
  EXPECT_FALSE(std::filesystem::exists(again.path(AttemptId{8})));
}

}  // namespace
}  // namespace luolab
