// SPDX-License-Identifier: Apache-2.0
#include "worker/run/echo_probe.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>
#include <system_error>

#include <boost/asio/redirect_error.hpp>

#include "worker/run/echo_frame.h"

namespace luolab {

EchoProbe::EchoProbe(asio::any_io_executor executor, std::uint64_t requests_per_second)
    : ours_(std::move(executor)),
      interval_(std::chrono::nanoseconds{std::chrono::seconds{1}} / requests_per_second) {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, ends) != 0) {
    throw std::system_error(errno, std::generic_category(), "socketpair");
  }
  ours_.assign(asio::local::datagram_protocol(), ends[0]);
  ours_.non_blocking(true);
  theirs_.reset(ends[1]);
}

Task<void> EchoProbe::run() {
  using namespace asio::experimental::awaitable_operators;
  Task<void> asking = ask();
  Task<void> listening = listen();
  co_await (std::move(asking) || std::move(listening));
}

Task<void> EchoProbe::ask() {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  auto due = std::chrono::steady_clock::now();
  for (std::uint64_t sequence = 0;; ++sequence) {
    // A machine that takes nothing just now makes the socket full: that request is not made.
    boost::system::error_code error;
    const std::string frame = echo_request(sequence);
    ours_.send(asio::buffer(frame), 0, error);
    if (!error) log_.add_request();
    due = std::max(due + interval_, std::chrono::steady_clock::now());
    timer.expires_at(due);
    co_await timer.async_wait(asio::use_awaitable);
  }
}

Task<void> EchoProbe::listen() {
  std::array<char, 2048> frame{};
  for (;;) {
    boost::system::error_code error;
    const std::size_t got = co_await ours_.async_receive(
        asio::buffer(frame), asio::redirect_error(asio::use_awaitable, error));
    if (error == asio::error::operation_aborted) co_return;
    if (!error && echo_reply({frame.data(), got})) log_.add_reply(std::chrono::steady_clock::now());
    if (!error) continue;
    // The machine is not there yet, or not any more: nothing will come until it is cancelled.
    asio::steady_timer never(co_await asio::this_coro::executor,
                             asio::steady_timer::time_point::max());
    co_await never.async_wait(asio::use_awaitable);
  }
}

}  // namespace luolab
