// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <utility>

#include "core/async/task.h"

namespace luolab {

/// How the lease loop lets time pass: tests have a clock of their own, that need not be waited for.
/// One thread.
class LeaseClock {
 public:
  virtual ~LeaseClock() = default;
  /// Since some moment; never goes back.
  virtual std::chrono::nanoseconds now() const = 0;
  /// Returns after so long. Cancelling ends it with operation_aborted, thrown.
  virtual Task<void> sleep(std::chrono::nanoseconds duration) = 0;
};

/// The real one.
class SteadyLeaseClock final : public LeaseClock {
 public:
  std::chrono::nanoseconds now() const override {
    return std::chrono::steady_clock::now().time_since_epoch();
  }
  Task<void> sleep(std::chrono::nanoseconds duration) override {
    asio::steady_timer timer(co_await asio::this_coro::executor);
    timer.expires_after(duration);
    co_await timer.async_wait(asio::use_awaitable);
  }
};

/// What `task` gives, or nothing when `limit` passes first; the task is then cancelled and has
/// ended before this returns.
template <class T>
Task<std::optional<T>> within(LeaseClock& clock, std::chrono::nanoseconds limit, Task<T> task) {
  using namespace asio::experimental::awaitable_operators;
  Task<void> time = clock.sleep(limit);
  try {
    auto first = co_await (std::move(task) || std::move(time));
    if (first.index() == 0) co_return std::optional<T>(std::get<0>(std::move(first)));
  } catch (const asio::multiple_exceptions& both) {
    std::rethrow_exception(both.first_exception());  // cancelled: both ends of it say so
  }
  co_return std::nullopt;
}

}  // namespace luolab
