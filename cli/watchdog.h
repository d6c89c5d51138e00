// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/async/task.h"

namespace luolab {

/// Tells the service manager again and again that the event loop turns, where it wants to know
/// (WatchdogSec= of a systemd unit). Until it is cancelled; returns at once where nobody watches.
Task<void> feed_watchdog();

}  // namespace luolab
