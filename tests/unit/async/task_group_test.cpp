// SPDX-License-Identifier: Apache-2.0
#include "core/async/task_group.h"

#include <stdexcept>

#include <gtest/gtest.h>

#include "tests/unit/async/run_task.h"

namespace luolab {
namespace {

Task<void> wait_until_cancelled(int& cancelled) {
  asio::steady_timer never(co_await asio::this_coro::executor,
                           asio::steady_timer::time_point::max());
  try {
    co_await never.async_wait(asio::use_awaitable);
  } catch (const boost::system::system_error&) {
    ++cancelled;
  }
}

TEST(TaskGroup, JoinWaitsForEveryChild) {
  asio::io_context io;
  int done = 0;
  const auto child = [&]() -> Task<void> {
    co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
    ++done;
  };
  const auto parent = [&]() -> Task<void> {
    TaskGroup group(co_await asio::this_coro::executor);
    for (int i = 0; i < 5; ++i) group.spawn(child());
    co_await group.join();
  };
  run_task(io, parent());
  EXPECT_EQ(done, 5);
}

TEST(TaskGroup, TheFirstFailureCancelsTheSiblingsAndIsThrownByJoin) {
  asio::io_context io;
  int cancelled = 0;
  const auto failing = []() -> Task<void> {
    co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
    throw std::runtime_error("broken");
  };
  const auto parent = [&]() -> Task<void> {
    TaskGroup group(co_await asio::this_coro::executor);
    group.spawn(wait_until_cancelled(cancelled));
    group.spawn(wait_until_cancelled(cancelled));
    group.spawn(failing());
    co_await group.join();
  };
  EXPECT_THROW(run_task(io, parent()), std::runtime_error);
  EXPECT_EQ(cancelled, 2);
}

TEST(TaskGroup, CancellingTheParentCancelsTheChildrenAndStillJoins) {
  asio::io_context io;
  int cancelled = 0;
  const auto parent = [&]() -> Task<int> {
    TaskGroup group(co_await asio::this_coro::executor);
    group.spawn(wait_until_cancelled(cancelled));
    co_await group.join();
    co_return 1;
  };
  run_task(io, within(std::chrono::milliseconds{1}, parent()));
  EXPECT_EQ(cancelled, 1);
}

TEST(TaskGroup, WaitBelowLetsOnlySoManyRun) {
  asio::io_context io;
  int running = 0, most = 0;
  const auto child = [&]() -> Task<void> {
    most = std::max(most, ++running);
    co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
    --running;
  };
  const auto parent = [&]() -> Task<void> {
    TaskGroup group(co_await asio::this_coro::executor);
    for (int i = 0; i < 10; ++i) {
      co_await group.wait_below(2);
      group.spawn(child());
    }
    co_await group.join();
  };
  run_task(io, parent());
  EXPECT_EQ(most, 2);
}

}  // namespace
}  // namespace luolab
