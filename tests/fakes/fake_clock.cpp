// SPDX-License-Identifier: Apache-2.0
#include "tests/fakes/fake_clock.h"

#include <algorithm>

namespace luolab {

Task<void> FakeClock::sleep(std::chrono::nanoseconds duration) {
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  sleepers_.push_back({now_ + duration, Signal(executor)});
  const auto self = std::prev(sleepers_.end());
  const std::chrono::nanoseconds until = self->until;
  try {
    while (now_ < until) co_await self->due.wait();
  } catch (...) {
    sleepers_.erase(self);
    throw;
  }
  sleepers_.erase(self);
}

bool FakeClock::advance() {
  if (sleepers_.empty()) return false;
  const auto next = std::ranges::min_element(sleepers_, {}, &Sleeper::until);
  now_ = std::max(now_, next->until);
  for (Sleeper& sleeper : sleepers_) {
    if (sleeper.until <= now_) sleeper.due.wake();
  }
  return true;
}

}  // namespace luolab
