// SPDX-License-Identifier: Apache-2.0
#include "core/async/task_group.h"

#include <cassert>
#include <vector>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/redirect_error.hpp>

namespace luolab {

TaskGroup::TaskGroup(asio::any_io_executor executor)
    : executor_(std::move(executor)), changed_(executor_, asio::steady_timer::time_point::max()) {}

TaskGroup::~TaskGroup() { assert(running_ == 0 && "a TaskGroup is joined before it goes"); }

void TaskGroup::spawn(Task<void> child) {
  ended_.clear();
  const auto place = children_.emplace(children_.end());
  ++running_;
  asio::co_spawn(
      executor_, std::move(child),
      asio::bind_cancellation_slot(place->signal.slot(), [this, place](std::exception_ptr failure) {
        ended(place, failure);
      }));
}

void TaskGroup::ended(std::list<Child>::iterator child, std::exception_ptr failure) {
  --running_;
  ended_.splice(ended_.end(), children_, child);
  if (failure && !failure_) {
    failure_ = failure;
    cancel();
  }
  changed_.cancel();
}

void TaskGroup::cancel() {
  std::vector<Child*> running;  // one that ends at once leaves the list, but stays where it is
  for (Child& child : children_) running.push_back(&child);
  for (Child* child : running) child->signal.emit(asio::cancellation_type::terminal);
}

Task<void> TaskGroup::wait_below(std::size_t limit) {
  while (running_ >= limit) {
    boost::system::error_code woken;
    co_await changed_.async_wait(asio::redirect_error(asio::use_awaitable, woken));
    const auto state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() != asio::cancellation_type::none) {
      throw boost::system::system_error(asio::error::operation_aborted);
    }
  }
}

Task<void> TaskGroup::join() {
  co_await asio::this_coro::throw_if_cancelled(false);
  bool told = false;
  while (running_ > 0) {
    boost::system::error_code woken;
    co_await changed_.async_wait(asio::redirect_error(asio::use_awaitable, woken));
    const auto state = co_await asio::this_coro::cancellation_state;
    if (!told && state.cancelled() != asio::cancellation_type::none) {
      told = true;
      cancel();
    }
    if (told) co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  }
  ended_.clear();
  if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
}

}  // namespace luolab
