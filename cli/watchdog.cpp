// SPDX-License-Identifier: Apache-2.0
#include "cli/watchdog.h"

#include "core/base/service_notice.h"

namespace luolab {

Task<void> feed_watchdog() {
  const auto interval = watchdog_interval();
  if (!interval) co_return;
  asio::steady_timer timer(co_await asio::this_coro::executor);
  for (;;) {
    notify_service("WATCHDOG=1");
    timer.expires_after(*interval);
    co_await timer.async_wait(asio::use_awaitable);
  }
}

}  // namespace luolab
