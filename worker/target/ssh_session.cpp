// SPDX-License-Identifier: Apache-2.0
#include "worker/target/ssh_session.h"

#include <signal.h>
#include <sys/socket.h>

#include <algorithm>
#include <future>
#include <optional>
#include <system_error>

#include <boost/asio/thread_pool.hpp>
#include <fmt/format.h>

#include "worker/target/ssh_knock.h"

namespace luolab {

/// What the thread works on; the loop's thread only cuts it off.
struct SshSession::Life {
  Life(SshLogin login, UniqueFd stream)
      : connection(std::move(login), std::move(stream)), thread(1) {
    // Signals are the loop's: here they would only end waiting early.
    asio::post(thread, [] {
      sigset_t all;
      ::sigfillset(&all);
      ::pthread_sigmask(SIG_BLOCK, &all, nullptr);
    });
  }
  ~Life() {
    cut();
    thread.join();
  }
  void cut() {
    connection.cut();
    if (pair) ::shutdown(pair.get(), SHUT_RDWR);
  }

  SshConnection connection;
  SshChannel channel;  ///< of `start`
  UniqueFd pair;       ///< its end of the link
  std::future<SshOutput> pumping;
  asio::thread_pool thread;
};

SshSession::SshSession(SshLogin login, UniqueFd stream)
    : life_(std::make_unique<Life>(std::move(login), std::move(stream))) {}

SshSession::~SshSession() = default;

/// Runs `work` on the thread; where the limit passes or the caller is cancelled, the socket is shut
/// down under it, and it ends.
template <class Work>
auto SshSession::call(std::chrono::nanoseconds limit, Work work)
    -> Task<std::invoke_result_t<Work&, SshConnection&>> {
  using Answer = std::invoke_result_t<Work&, SshConnection&>;
  using namespace asio::experimental::awaitable_operators;
  SshConnection& connection = life_->connection;
  bool over = false, late = false;
  const auto working = [&]() -> Task<std::optional<Answer>> {
    auto bound = [&] { return std::optional<Answer>(work(connection)); };
    auto answer = co_await run_on(life_->thread.get_executor(), bound);
    over = true;
    co_return answer;
  };
  const auto watching = [&]() -> Task<void> {
    asio::steady_timer timer(co_await asio::this_coro::executor, limit);
    boost::system::error_code error;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, error));
    if (over) co_return;
    late = true;
    life_->cut();
    // The work ends now; waiting for it here keeps the other branch from being cancelled.
    while (!over && !error) {
      timer.expires_after(std::chrono::milliseconds(10));
      co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, error));
    }
  };
  Task<detail::Settled<std::optional<Answer>>> branch = detail::settle(working());
  Task<void> watch = watching();
  auto first = co_await (std::move(branch) || std::move(watch));
  if (first.index() == 0) {
    auto& ended = std::get<0>(first);
    if (ended.failure) std::rethrow_exception(ended.failure);
    if (late) {
      co_return ssh_error(
          SshTrouble::lost,
          fmt::format("{}: no answer for {} s", connection.where(),
                      std::chrono::duration_cast<std::chrono::seconds>(limit).count()));
    }
    co_return std::move(**ended.value);
  }
  co_return ssh_error(SshTrouble::lost, connection.where() + ": no answer in time");
}

Task<SshResult<SshSession::Opened>> SshSession::open(SshLogin login,
                                                     std::vector<std::string> known_keys,
                                                     std::chrono::nanoseconds limit) {
  const auto end = std::chrono::steady_clock::now() + limit;
  std::string host = login.host;
  auto stream = co_await knock(std::move(host), login.port, limit);
  if (!stream) co_return stream.error();
  Opened opened;
  opened.session.reset(new SshSession(std::move(login), std::move(*stream)));
  auto enter = [&](SshConnection& connection) -> SshResult<std::string> {
    auto key = connection.shake_hands(known_keys);
    if (!key) return key;
    if (const auto entered = connection.log_in(); !entered) return entered.error();
    return key;
  };
  const auto left = std::max<std::chrono::nanoseconds>(end - std::chrono::steady_clock::now(),
                                                       std::chrono::seconds(5));
  auto key = co_await opened.session->call(left, enter);
  if (!key) co_return key.error();
  opened.host_key = std::move(*key);
  co_return opened;
}

Task<SshResult<std::string>> SshSession::host_key(SshLogin login, std::chrono::nanoseconds limit) {
  std::string host = login.host;
  auto stream = co_await knock(std::move(host), login.port, limit);
  if (!stream) co_return stream.error();
  SshSession session(std::move(login), std::move(*stream));
  auto shake = [](SshConnection& connection) { return connection.shake_hands({}); };
  co_return co_await session.call(limit, shake);
}

Task<SshResult<SshOutput>> SshSession::feed(std::string command, std::string_view input,
                                            std::chrono::nanoseconds limit) {
  auto work = [&](SshConnection& connection) { return connection.run(command, input); };
  co_return co_await call(limit, work);
}

Task<SshResult<SshOutput>> SshSession::run(std::string command, std::string input,
                                           std::chrono::nanoseconds limit) {
  co_return co_await feed(std::move(command), input, limit);
}

Task<SshResult<SshOutput>> SshSession::run(std::string command, std::chrono::nanoseconds limit) {
  std::string nothing;
  co_return co_await run(std::move(command), std::move(nothing), limit);
}

Task<SshResult<void>> SshSession::put(std::string path, std::string bytes, std::uint32_t mode,
                                      std::chrono::nanoseconds limit) {
  auto work = [&](SshConnection& connection) { return connection.put(path, bytes, mode); };
  co_return co_await call(limit, work);
}

Task<SshResult<UniqueFd>> SshSession::start(std::string command, std::chrono::nanoseconds limit) {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    throw std::system_error(errno, std::generic_category(), "socketpair");
  }
  UniqueFd ours(ends[0]);
  Life& life = *life_;
  life.pair.reset(ends[1]);
  auto work = [&](SshConnection& connection) -> SshResult<void> {
    auto opened = connection.open_channel(command);
    if (!opened) return opened.error();
    life.channel = std::move(*opened);
    return {};
  };
  const auto begun = co_await call(limit, work);
  if (!begun) co_return begun.error();
  auto promise = std::make_shared<std::promise<SshOutput>>();
  life.pumping = promise->get_future();
  asio::post(life.thread, [&life, promise] {
    SshOutput ending = life.connection.pump(life.channel.get(), life.pair.get());
    life.channel.reset();
    promise->set_value(std::move(ending));
    ::shutdown(life.pair.get(), SHUT_RDWR);
  });
  co_return std::move(ours);
}

Task<SshOutput> SshSession::ended() {
  std::future<SshOutput>& pumping = life_->pumping;
  auto wait = [&](SshConnection&) {
    return SshResult<SshOutput>(pumping.valid() ? pumping.get() : SshOutput{});
  };
  auto ending = co_await call(std::chrono::seconds(10), wait);
  co_return ending ? std::move(*ending) : SshOutput{};
}

}  // namespace luolab
