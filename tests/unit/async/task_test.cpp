// SPDX-License-Identifier: Apache-2.0
#include "core/async/task.h"

#include <future>
#include <stdexcept>
#include <string>
#include <thread>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/thread_pool.hpp>
#include <gtest/gtest.h>

#include "core/async/process.h"
#include "tests/unit/async/run_task.h"

namespace luolab {
namespace {

Task<int> forever() {
  asio::steady_timer never(co_await asio::this_coro::executor,
                           asio::steady_timer::time_point::max());
  co_await never.async_wait(asio::use_awaitable);
  co_return 1;
}

TEST(Within, GivesTheResultOfATaskThatIsInTime) {
  asio::io_context io;
  const auto quick = []() -> Task<int> { co_return 7; };
  EXPECT_EQ(run_task(io, within(std::chrono::hours{1}, quick())), std::optional(7));
}

TEST(Within, CancelsATaskThatIsLate) {
  asio::io_context io;
  EXPECT_EQ(run_task(io, within(std::chrono::nanoseconds{1}, forever())), std::nullopt);
}

TEST(Within, WhatTheTaskThrowsIsThrownWithoutWaitingForTheLimit) {
  asio::io_context io;
  const auto failing = []() -> Task<int> {
    co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
    throw std::runtime_error("refused");
  };
  EXPECT_THROW(run_task(io, within(std::chrono::hours{1}, failing())), std::runtime_error);
}

TEST(Within, KillsAProcessThatIsLate) {
  asio::io_context io;
  const auto late = run_task(io, within(std::chrono::milliseconds{1},
                                        run_process({.program = "sleep", .arguments = {"1000"}})));
  // Either the deadline won outright, or the process was seen to be canceled; it never ends well.
  EXPECT_TRUE(!late || !*late);
}

TEST(RunOn, RunsElsewhereAndResumesHere) {
  asio::io_context io;
  asio::thread_pool pool(1);
  const auto here = std::this_thread::get_id();
  const auto test = [&]() -> Task<bool> {
    const auto there =
        co_await run_on(pool.get_executor(), [] { return std::this_thread::get_id(); });
    co_return there != here&& std::this_thread::get_id() == here;
  };
  EXPECT_TRUE(run_task(io, test()));
}

TEST(RunOn, KeepsShortStringsInTheWorkWhole) {
  asio::io_context io;
  asio::thread_pool pool(1);
  const auto test = [&]() -> Task<std::string> {
    const std::string brief = "short";
    auto work = [brief] { return brief + "!"; };
    co_return co_await run_on(pool.get_executor(), std::move(work));
  };
  EXPECT_EQ(run_task(io, test()), "short!");
}

TEST(RunOn, PassesExceptionsOn) {
  asio::io_context io;
  asio::thread_pool pool(1);
  const auto test = [&]() -> Task<int> {
    co_return co_await run_on(pool.get_executor(),
                              []() -> int { throw std::runtime_error("disk"); });
  };
  EXPECT_THROW(run_task(io, test()), std::runtime_error);
}

TEST(RunOn, AWaiterThatIsCancelledWaitsForTheWorkAndIsToldSo) {
  asio::io_context io;
  asio::thread_pool pool(1);
  asio::cancellation_signal stop;
  std::promise<void> begun;
  std::promise<void> go_on;
  bool ended = false;
  std::exception_ptr failure;
  const auto waiter = [&]() -> Task<void> {
    auto work = [&] {
      begun.set_value();
      go_on.get_future().wait();
      ended = true;
    };
    co_await run_on(pool.get_executor(), work);
  };
  asio::co_spawn(io, waiter(),
                 asio::bind_cancellation_slot(stop.slot(), [&](std::exception_ptr error) {
                   EXPECT_TRUE(ended);
                   failure = error;
                 }));
  asio::co_spawn(
      io,
      [&]() -> Task<void> {
        begun.get_future().wait();
        stop.emit(asio::cancellation_type::terminal);
        go_on.set_value();
        co_return;
      },
      asio::detached);
  io.run();
  ASSERT_TRUE(failure);
  EXPECT_THROW(std::rethrow_exception(failure), boost::system::system_error);
}

}  // namespace
}  // namespace luolab
