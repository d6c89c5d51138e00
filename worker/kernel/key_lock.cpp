// SPDX-License-Identifier: Apache-2.0
#include "worker/kernel/key_lock.h"

namespace luolab {

Task<FileLock> take_lock(std::filesystem::path path, std::function<void()> on_wait) {
  FileLock lock = FileLock::attempt(path);
  if (!lock.held() && on_wait) on_wait();
  asio::steady_timer timer(co_await asio::this_coro::executor);
  while (!lock.held()) {
    timer.expires_after(std::chrono::milliseconds{50});
    co_await timer.async_wait(asio::use_awaitable);
    lock = FileLock::attempt(path);
  }
  co_return lock;
}

}  // namespace luolab
