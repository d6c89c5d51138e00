// SPDX-License-Identifier: Apache-2.0
#include "worker/target/event_queue.h"

#include <boost/asio/redirect_error.hpp>

namespace luolab {
namespace {

constexpr std::size_t kMostEvents = 4096;

/// Returns when the timer is cancelled from outside; throws where the waiter itself is cancelled.
Task<void> wait_for(asio::steady_timer& signal) {
  boost::system::error_code woken;
  co_await signal.async_wait(asio::redirect_error(asio::use_awaitable, woken));
  const auto state = co_await asio::this_coro::cancellation_state;
  if (state.cancelled() != asio::cancellation_type::none) {
    throw boost::system::system_error(asio::error::operation_aborted);
  }
}

}  // namespace

EventQueue::EventQueue(asio::any_io_executor executor)
    : filled_(executor, asio::steady_timer::time_point::max()),
      drained_(executor, asio::steady_timer::time_point::max()) {}

Task<void> EventQueue::push(TargetEvent event) {
  while (events_.size() >= kMostEvents) co_await wait_for(drained_);
  events_.push_back(std::move(event));
  filled_.cancel();
}

Task<TargetEvent> EventQueue::pop() {
  while (events_.empty()) co_await wait_for(filled_);
  TargetEvent event = std::move(events_.front());
  events_.pop_front();
  drained_.cancel();
  co_return event;
}

}  // namespace luolab
