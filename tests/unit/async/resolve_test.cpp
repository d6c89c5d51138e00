// SPDX-License-Identifier: Apache-2.0
#include "core/async/resolve.h"

#include <boost/system/system_error.hpp>
#include <gtest/gtest.h>

#include "core/async/process.h"
#include "core/async/task_group.h"
#include "tests/unit/async/run_task.h"

namespace luolab {
namespace {

TEST(ResolveHost, TakesAddressesAndNames) {
  asio::io_context io;
  const Endpoints address = run_task(io, resolve_host("127.0.0.2", 80));
  ASSERT_EQ(address.size(), 1U);
  EXPECT_EQ(address.begin()->endpoint().address().to_string(), "127.0.0.2");
  EXPECT_EQ(address.begin()->endpoint().port(), 80);
  for (const auto& entry : run_task(io, resolve_host("localhost", 80)))
    EXPECT_TRUE(entry.endpoint().address().is_loopback());
}

TEST(ResolveHost, SaysThatANameIsNotKnown) {
  asio::io_context io;
  EXPECT_THROW(run_task(io, resolve_host("no such host", 80)), boost::system::system_error);
}

TEST(ResolveHost, AnswersAlsoWhileProcessesAreStarted) {
  asio::io_context io;
  TaskGroup group(io.get_executor());
  int answers = 0;
  const auto ask = [&]() -> Task<void> {
    co_await resolve_host("localhost", 80);
    ++answers;
  };
  const auto start = []() -> Task<void> {
    ProcessSpec spec{.program = "true"};
    co_await run_process(std::move(spec));
  };
  const auto both = [&]() -> Task<void> {
    for (int round = 0; round < 10; ++round) {
      group.spawn(ask());
      group.spawn(start());
      co_await group.join();
    }
  };
  run_task(io, both());
  EXPECT_EQ(answers, 10);
}

}  // namespace
}  // namespace luolab
