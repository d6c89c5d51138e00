// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace luolab {

/// Tells the service manager how this process fares: "READY=1", "WATCHDOG=1", "STOPPING=1",
/// "STATUS=...". Nothing happens where there is no manager (NOTIFY_SOCKET), or it does not listen.
/// Never blocks. Source: sd_notify(3).
void notify_service(std::string_view state);

/// How often "WATCHDOG=1" is to be told: half of what the manager allows (WATCHDOG_USEC); empty
/// where it does not watch this process. Source: sd_watchdog_enabled(3).
std::optional<std::chrono::microseconds> watchdog_interval();

}  // namespace luolab
