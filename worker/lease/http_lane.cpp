// SPDX-License-Identifier: Apache-2.0
#include "worker/lease/http_lane.h"

#include <algorithm>
#include <charconv>

namespace luolab {

using Clock = std::chrono::steady_clock;

namespace {
constexpr int kLongestRetrySeconds = 30;
}

/// Has the lane until it goes.
class HttpLane::Turn {
 public:
  explicit Turn(HttpLane& lane) : lane_(lane) {}
  Turn(const Turn&) = delete;
  ~Turn() {
    lane_.busy_ = false;
    lane_.freed_.wake();
  }

 private:
  HttpLane& lane_;
};

HttpLane::HttpLane(asio::any_io_executor executor, HttpClient client)
    : client_(std::move(client)), freed_(executor) {}

Task<void> HttpLane::wait_for_turn() {
  while (busy_) co_await freed_.wait();
  busy_ = true;
}

void HttpLane::heed(const Result<HttpReply>& reply) {
  if (!reply) return;
  const std::string text = reply->fields.get("Retry-After");
  int seconds = 0;
  std::from_chars(text.data(), text.data() + text.size(), seconds);
  not_before_ = Clock::now() + std::chrono::seconds{std::clamp(seconds, 0, kLongestRetrySeconds)};
}

Task<Result<HttpReply>> HttpLane::send(std::string method, std::string target, HttpFields fields,
                                       std::string body, std::chrono::nanoseconds limit) {
  co_await wait_for_turn();
  const Turn turn(*this);
  if (not_before_ > Clock::now()) {
    asio::steady_timer timer(co_await asio::this_coro::executor, not_before_);
    co_await timer.async_wait(asio::use_awaitable);
  }
  auto reply = co_await client_.send(std::move(method), std::move(target), std::move(fields),
                                     std::move(body), limit);
  heed(reply);
  co_return reply;
}

Task<Result<HttpReply>> HttpLane::download(std::string target, std::filesystem::path file,
                                           std::uint64_t most_bytes,
                                           std::chrono::nanoseconds silence) {
  co_await wait_for_turn();
  const Turn turn(*this);
  HttpFields fields;
  auto reply = co_await client_.download(std::move(target), std::move(fields), std::move(file),
                                         most_bytes, silence);
  heed(reply);
  co_return reply;
}

}  // namespace luolab
