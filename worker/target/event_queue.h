// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>

#include "core/async/signal.h"
#include "worker/target/target.h"

namespace luolab {

/// Events on their way from the readers of a machine's links to the one who drives it. One thread.
/// Readers wait while it is full, so a console in a loop can't eat the worker's memory.
class EventQueue {
 public:
  explicit EventQueue(asio::any_io_executor executor);

  Task<void> push(TargetEvent event);
  /// Cancelling loses nothing.
  Task<TargetEvent> pop();

 private:
  Signal filled_;   ///< an event came
  Signal drained_;  ///< there is room again
  std::deque<TargetEvent> events_;
};

}  // namespace luolab
