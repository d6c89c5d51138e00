// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/multiple_exceptions.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace luolab {

namespace asio = boost::asio;

/// A coroutine of luolab. It runs on its io_context's one thread; cancelling it ends what it
/// awaits with operation_aborted, thrown.
template <class T>
using Task = asio::awaitable<T>;

/// What `task` gives, or nothing when `limit` passes first; the task is then cancelled and has
/// ended before this returns.
template <class T>
Task<std::optional<T>> within(std::chrono::nanoseconds limit, Task<T> task) {
  using namespace asio::experimental::awaitable_operators;
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(limit);
  try {
    auto first = co_await (std::move(task) || timer.async_wait(asio::use_awaitable));
    if (first.index() == 0) co_return std::optional<T>(std::get<0>(std::move(first)));
  } catch (const asio::multiple_exceptions& both) {
    std::rethrow_exception(both.first_exception());  // cancelled: both ends of it say so
  }
  co_return std::nullopt;
}

namespace detail {

template <class Work>
Task<std::invoke_result_t<Work&>> run_shared(asio::any_io_executor elsewhere,
                                             std::shared_ptr<Work> work) {
  co_return co_await asio::co_spawn(
      elsewhere,
      [](std::shared_ptr<Work> job) -> Task<std::invoke_result_t<Work&>> {
        co_return (*job)();
      }(std::move(work)),
      asio::use_awaitable);
}

}  // namespace detail

/// Runs blocking `work` on `elsewhere` (a thread that may block) and resumes here with its result;
/// what it throws is thrown here. Cancelling does not stop work that has begun.
/// `work` is taken by reference and shared, since GCC 12 copies a closure that is passed by value
/// within a co_await expression byte by byte, which breaks the short strings in it.
template <class Work>
auto run_on(asio::any_io_executor elsewhere, Work&& work) {
  using Kept = std::decay_t<Work>;
  return detail::run_shared<Kept>(std::move(elsewhere),
                                  std::make_shared<Kept>(std::forward<Work>(work)));
}

}  // namespace luolab
