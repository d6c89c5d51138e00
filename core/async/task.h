// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
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
