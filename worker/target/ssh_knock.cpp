// SPDX-License-Identifier: Apache-2.0
#include "worker/target/ssh_knock.h"

#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>

#include <boost/asio/ip/tcp.hpp>
#include <fmt/format.h>

#include "core/async/resolve.h"

namespace luolab {
namespace {

using Clock = std::chrono::steady_clock;
using boost::asio::ip::tcp;

constexpr std::chrono::milliseconds kFirstTry{250};
constexpr std::chrono::milliseconds kLongestTry{6000};
constexpr std::chrono::milliseconds kPause{100};  // after a refusal, which comes at once
constexpr std::string_view kBanner = "SSH-";

/// What one try came to: a socket, or why not.
struct Tried {
  UniqueFd socket;
  std::string why;
};

Task<Tried> try_once(tcp::endpoint endpoint) {
  Tried tried;
  tcp::socket socket(co_await asio::this_coro::executor);
  boost::system::error_code error;
  co_await socket.async_connect(endpoint, asio::redirect_error(asio::use_awaitable, error));
  if (error) {
    tried.why = error.message();
    if (error == asio::error::connection_refused)
      tried.why += " (does an SSH server run there, on this port?)";
    co_return tried;
  }
  char start[4];
  for (;;) {
    co_await socket.async_wait(tcp::socket::wait_read,
                               asio::redirect_error(asio::use_awaitable, error));
    const ssize_t got = error ? 0 : ::recv(socket.native_handle(), start, sizeof start, MSG_PEEK);
    if (got <= 0) {
      tried.why = "it closed the connection before it said anything";
      co_return tried;
    }
    if (std::string_view(start, static_cast<std::size_t>(got)) != kBanner.substr(0, got)) {
      tried.why = "what answers there is no SSH server";
      co_return tried;
    }
    if (got == sizeof start) break;
  }
  socket.set_option(tcp::no_delay(true));
  tried.socket.reset(socket.release());
  co_return tried;
}

}  // namespace

Task<SshResult<UniqueFd>> knock(std::string host, std::uint16_t port,
                                std::chrono::nanoseconds limit) {
  const auto end = Clock::now() + limit;
  Endpoints found;
  std::string unknown;
  try {
    std::string name = host;
    found = co_await resolve_host(std::move(name), port);
  } catch (const boost::system::system_error& error) {
    if (error.code() == asio::error::operation_aborted) throw;
    unknown = error.code().message();
  }
  if (!unknown.empty()) {
    co_return ssh_error(
        SshTrouble::unreachable,
        fmt::format("{}: {} (give an address, or a name that the worker knows)", host, unknown));
  }
  asio::steady_timer pause(co_await asio::this_coro::executor);
  std::string why = "nobody answered";
  std::chrono::nanoseconds patience = kFirstTry;
  for (auto at = found.begin();;
       at = std::next(at) == found.end() ? found.begin() : std::next(at)) {
    const auto left = end - Clock::now();
    if (left.count() <= 0) break;
    Task<Tried> trying = try_once(at->endpoint());
    const auto began = Clock::now();
    auto tried =
        co_await within(std::min<std::chrono::nanoseconds>(patience, left), std::move(trying));
    if (tried && tried->socket) co_return std::move(tried->socket);
    why = tried ? tried->why : "it did not answer in time";
    if (!tried) patience = std::min<std::chrono::nanoseconds>(patience * 5 / 4, kLongestTry);
    if (Clock::now() - began < kPause) {
      pause.expires_after(kPause);
      co_await pause.async_wait(asio::use_awaitable);
    }
  }
  co_return ssh_error(SshTrouble::unreachable, fmt::format("{}:{}: {}", host, port, why));
}

}  // namespace luolab
