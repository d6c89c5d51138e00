// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/async/task.h"

namespace luolab {

/// Wakes coroutines that wait until something has changed. Waking is not remembered: look at the
/// condition, then wait. One thread.
class Signal {
 public:
  explicit Signal(const asio::any_io_executor& executor);

  /// Returns at the next `wake`; throws operation_aborted where the waiter itself is cancelled.
  Task<void> wait();
  /// Whoever waits goes on.
  void wake() { timer_.cancel(); }

 private:
  asio::steady_timer timer_;  // never expires; cancelled to wake
};

}  // namespace luolab
