// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <exception>
#include <list>

#include <boost/asio/cancellation_signal.hpp>

#include "core/async/task.h"

namespace luolab {

/// Child coroutines that their parent joins. One thread: that of the executor.
/// Must be joined before it is destroyed. The first child that throws cancels its siblings, and
/// `join` rethrows what it threw.
class TaskGroup {
 public:
  explicit TaskGroup(asio::any_io_executor executor);
  TaskGroup(const TaskGroup&) = delete;
  ~TaskGroup();

  void spawn(Task<void> child);
  /// Asks every running child to end.
  void cancel();
  /// Waits until fewer than `limit` children run.
  Task<void> wait_below(std::size_t limit);
  /// Waits for all children, also when it is itself cancelled: the children are cancelled then.
  Task<void> join();

 private:
  struct Child {
    asio::cancellation_signal signal;
  };
  void ended(std::list<Child>::iterator child, std::exception_ptr failure);

  asio::any_io_executor executor_;
  asio::steady_timer changed_;  ///< never expires; cancelled to wake whoever waits
  std::list<Child> children_;
  std::list<Child> ended_;  ///< let go of at the next spawn: their signals may still be in use
  std::size_t running_ = 0;
  std::exception_ptr failure_;
};

}  // namespace luolab
