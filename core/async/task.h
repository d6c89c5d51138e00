// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace luolab {

namespace asio = boost::asio;

/// A coroutine of luolab. It runs on its io_context's one thread; cancelling it ends what it
/// awaits with operation_aborted, thrown.
template <class T>
using Task = asio::awaitable<T>;

namespace detail {

/// How a task ended: one of the two is there.
template <class T>
struct Settled {
  std::optional<T> value;
  std::exception_ptr failure;
};

template <class T>
Task<Settled<T>> settle(Task<T> task) {
  Settled<T> settled;
  try {
    settled.value.emplace(co_await std::move(task));
  } catch (...) {
    settled.failure = std::current_exception();
  }
  co_return settled;
}

/// Work that is done on another thread, and who waits for it. `changed` is touched by the waiter's
/// thread alone.
template <class Work>
struct Elsewhere {
  using Result = std::invoke_result_t<Work&>;
  using Kept = std::conditional_t<std::is_void_v<Result>, std::monostate, Result>;

  Elsewhere(const asio::any_io_executor& here, std::shared_ptr<Work> job)
      : work(std::move(job)), changed(here, asio::steady_timer::time_point::max()) {}

  void run() noexcept {
    try {
      if constexpr (std::is_void_v<Result>) {
        (*work)();
        result.emplace();
      } else {
        result.emplace((*work)());
      }
    } catch (...) {
      failure = std::current_exception();
    }
  }

  std::shared_ptr<Work> work;
  std::optional<Kept> result;
  std::exception_ptr failure;
  bool done = false;
  asio::steady_timer changed;  // never expires; cancelled to wake
};

/// Not by co_spawn on the other executor: cancelling would reach into the other thread.
template <class Work>
Task<std::invoke_result_t<Work&>> run_shared(asio::any_io_executor elsewhere,
                                             std::shared_ptr<Work> work) {
  const asio::any_io_executor here = co_await asio::this_coro::executor;
  const auto state = std::make_shared<Elsewhere<Work>>(here, std::move(work));
  asio::post(elsewhere, [state, here, busy = asio::make_work_guard(here)]() mutable {
    state->run();
    asio::post(here, [state, held = std::move(busy)] {
      state->done = true;
      state->changed.cancel();
    });
  });
  // What the work borrows must stay until it has ended, also when the waiter is cancelled.
  const bool throws = co_await asio::this_coro::throw_if_cancelled();
  co_await asio::this_coro::throw_if_cancelled(false);
  bool cancelled = false;
  while (!state->done) {
    boost::system::error_code woken;
    co_await state->changed.async_wait(asio::redirect_error(asio::use_awaitable, woken));
    const auto asked = co_await asio::this_coro::cancellation_state;
    if (cancelled || asked.cancelled() == asio::cancellation_type::none) continue;
    cancelled = true;
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  }
  co_await asio::this_coro::throw_if_cancelled(throws);
  if (cancelled) throw boost::system::system_error(asio::error::operation_aborted);
  if (state->failure) std::rethrow_exception(state->failure);
  if constexpr (!std::is_void_v<std::invoke_result_t<Work&>>) co_return std::move(*state->result);
}

}  // namespace detail

/// What `task` gives, or nothing when `limit` passes first; the task is then cancelled and has
/// ended before this returns. What the task throws is thrown here, at once.
template <class T>
Task<std::optional<T>> within(std::chrono::nanoseconds limit, Task<T> task) {
  using namespace asio::experimental::awaitable_operators;
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(limit);
  // Settled, since || goes on waiting for the other side where one side throws.
  auto settled = detail::settle(std::move(task));
  auto first = co_await (std::move(settled) || timer.async_wait(asio::use_awaitable));
  if (first.index() != 0) co_return std::nullopt;
  auto& ended = std::get<0>(first);
  if (ended.failure) std::rethrow_exception(ended.failure);
  co_return std::move(ended.value);
}

/// Runs blocking `work` on `elsewhere` (a thread that may block) and resumes here with its result;
/// what it throws is thrown here. Cancelling does not stop work that has begun: it is
/// waited for, and operation_aborted thrown then.
/// `work` is taken by reference and shared, since GCC 12 copies a closure that is passed by value
/// within a co_await expression byte by byte, which breaks the short strings in it.
template <class Work>
auto run_on(asio::any_io_executor elsewhere, Work&& work) {
  using Kept = std::decay_t<Work>;
  return detail::run_shared<Kept>(std::move(elsewhere),
                                  std::make_shared<Kept>(std::forward<Work>(work)));
}

}  // namespace luolab
