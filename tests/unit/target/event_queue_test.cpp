// SPDX-License-Identifier: Apache-2.0
#include "worker/target/event_queue.h"

#include <gtest/gtest.h>

#include "tests/unit/async/run_task.h"

namespace luolab {
namespace {

TargetEvent line(std::string text) {
  return {TargetEvent::Kind::agent_line, TargetEvent::By::nobody, std::move(text), 0, {}};
}

TEST(EventQueue, KeepsTheOrder) {
  asio::io_context io;
  EventQueue queue(io.get_executor());
  const auto test = [&]() -> Task<std::string> {
    TargetEvent a = line("a"), b = line("b");
    co_await queue.push(std::move(a));
    co_await queue.push(std::move(b));
    const TargetEvent first = co_await queue.pop();
    const TargetEvent second = co_await queue.pop();
    co_return first.text + second.text;
  };
  EXPECT_EQ(run_task(io, test()), "ab");
}

TEST(EventQueue, ACancelledWaitLosesNothing) {
  asio::io_context io;
  EventQueue queue(io.get_executor());
  const auto test = [&]() -> Task<std::string> {
    const auto nothing = co_await within(std::chrono::nanoseconds{1}, queue.pop());
    if (nothing) co_return "something came from nowhere";
    TargetEvent a = line("a");
    co_await queue.push(std::move(a));
    const TargetEvent first = co_await queue.pop();
    co_return first.text;
  };
  EXPECT_EQ(run_task(io, test()), "a");
}

TEST(EventQueue, AFullQueueMakesTheReaderWaitUntilThereIsRoom) {
  asio::io_context io;
  EventQueue queue(io.get_executor());
  std::size_t pushed = 0;
  const auto fill = [&]() -> Task<void> {
    for (int i = 0; i < 5000; ++i) {
      TargetEvent event = line(std::to_string(i));
      co_await queue.push(std::move(event));
      ++pushed;
    }
  };
  asio::co_spawn(io, fill(), [](std::exception_ptr) {});
  io.poll();
  EXPECT_EQ(pushed, 4096U);
  const auto drain = [&]() -> Task<std::string> {
    std::string last;
    for (int i = 0; i < 5000; ++i) {
      const TargetEvent event = co_await queue.pop();
      last = event.text;
    }
    co_return last;
  };
  EXPECT_EQ(run_task(io, drain()), "4999");
  EXPECT_EQ(pushed, 5000U);
}

}  // namespace
}  // namespace luolab
