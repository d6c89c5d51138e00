// SPDX-License-Identifier: Apache-2.0
#include "worker/target/ssh_session.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>

#include <algorithm>
#include <future>
#include <optional>
#include <stdexcept>

#include <boost/asio/thread_pool.hpp>
#include <fmt/format.h>
#include <libssh/libssh.h>
#include <libssh/sftp.h>

#include "worker/target/ssh_knock.h"

namespace luolab {
namespace {

constexpr std::size_t kMostOutput = std::size_t{4} << 20;
constexpr int kPollMs = 250;
constexpr std::chrono::seconds kKeepalive{3};
constexpr unsigned int kUserTimeoutMs = 20'000;  // unacknowledged for so long: the peer is gone
constexpr std::size_t kSftpBlock = 32'000;

template <class T, void (*Free)(T)>
struct Freer {
  void operator()(std::remove_pointer_t<T>* value) const { Free(value); }
};
using Session = std::unique_ptr<ssh_session_struct, Freer<ssh_session, ssh_free>>;
using Channel = std::unique_ptr<ssh_channel_struct, Freer<ssh_channel, ssh_channel_free>>;
using Key = std::unique_ptr<ssh_key_struct, Freer<ssh_key, ssh_key_free>>;
using Event = std::unique_ptr<ssh_event_struct, Freer<ssh_event, ssh_event_free>>;
using Sftp = std::unique_ptr<sftp_session_struct, Freer<sftp_session, sftp_free>>;

std::string text_of(const Key& key) {
  char* base64 = nullptr;
  if (!key || ssh_pki_export_pubkey_base64(key.get(), &base64) != SSH_OK) return {};
  std::string text = std::string(ssh_key_type_to_char(ssh_key_type(key.get()))) + " " + base64;
  ssh_string_free_char(base64);
  return text;
}

/// The first two words: files have a comment behind them.
std::string plain_key(std::string_view key) {
  const auto space = key.find(' ');
  if (space == key.npos) return std::string(key);
  return std::string(key.substr(0, key.find(' ', space + 1)));
}

/// The algorithms by which servers of these keys sign, so that one with several keys shows the
/// right one.
std::string algorithms_of(const std::vector<std::string>& keys) {
  std::string list;
  for (const std::string& key : keys) {
    std::string type = key.substr(0, key.find(' '));
    if (type == "ssh-rsa") type = "rsa-sha2-512,rsa-sha2-256";
    if (list.find(type) == list.npos) list += (list.empty() ? "" : ",") + type;
  }
  return list;
}

Key public_key(const std::string& text) {
  const auto space = text.find(' ');
  if (space == text.npos) return {};
  ssh_key key = nullptr;
  const std::string base64 = text.substr(space + 1);
  const auto type = ssh_key_type_from_name(text.substr(0, space).c_str());
  if (ssh_pki_import_pubkey_base64(base64.c_str(), type, &key) != SSH_OK) return {};
  return Key(key);
}

int duplicate(int fd) { return ::fcntl(fd, F_DUPFD_CLOEXEC, 0); }

}  // namespace

/// What the thread works on. Only `socket` is used by the loop's thread meanwhile: to shut it down.
struct SshSession::Connection {
  explicit Connection(SshLogin account, UniqueFd stream)
      : login(std::move(account)), socket(duplicate(stream.get())), session(ssh_new()), thread(1) {
    if (!session) throw std::runtime_error("libssh: no memory");
    const int on = 1;
    ::setsockopt(socket.get(), SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    ::setsockopt(socket.get(), IPPROTO_TCP, TCP_USER_TIMEOUT, &kUserTimeoutMs,
                 sizeof kUserTimeoutMs);
    where = fmt::format("{}@{}:{}", login.user, login.host, login.port);
    const bool off = false;
    const unsigned int port = login.port;
    set(SSH_OPTIONS_PROCESS_CONFIG, &off);
    set(SSH_OPTIONS_HOST, login.host.c_str());
    set(SSH_OPTIONS_PORT, &port);
    set(SSH_OPTIONS_USER, login.user.c_str());
    socket_t given = stream.release();  // libssh closes it
    set(SSH_OPTIONS_FD, &given);
    // Signals are the loop's: here they would only end waiting early.
    asio::post(thread, [] {
      sigset_t all;
      ::sigfillset(&all);
      ::pthread_sigmask(SIG_BLOCK, &all, nullptr);
    });
  }
  ~Connection() {
    cut();
    thread.join();
  }

  void set(ssh_options_e option, const void* value) {
    if (ssh_options_set(session.get(), option, value) < 0) {
      throw std::runtime_error(std::string("libssh: ") + ssh_get_error(session.get()));
    }
  }
  void cut() {
    ::shutdown(socket.get(), SHUT_RDWR);
    if (pair) ::shutdown(pair.get(), SHUT_RDWR);
  }

  SshError lost(std::string_view doing) {
    return ssh_error(SshTrouble::lost,
                     fmt::format("{}: {}: {}", where, doing, ssh_get_error(session.get())));
  }
  SshError refused(std::string_view doing) {
    return ssh_error(ssh_is_connected(session.get()) != 0 ? SshTrouble::refused : SshTrouble::lost,
                     fmt::format("{}: {}: {}", where, doing, ssh_get_error(session.get())));
  }

  SshResult<std::string> shake_hands(const std::vector<std::string>& known);
  SshResult<void> log_in();
  SshResult<Channel> open_channel(const std::string& command);
  SshResult<SshOutput> run(const std::string& command, std::string_view input);
  SshResult<void> put(const std::string& path, std::string_view bytes, std::uint32_t mode);
  SshResult<void> replace_file(sftp_session sftp, const std::string& path, std::string_view bytes,
                               std::uint32_t mode);
  SshResult<void> write_file(sftp_session sftp, const std::string& path, std::string_view bytes,
                             std::uint32_t mode);
  void close(ssh_channel open);
  void pump(ssh_channel running, int end, SshOutput& ending);
  bool forward(ssh_channel running, int end, SshOutput& ending);
  std::optional<std::string> offer(ssh_key key);

  SshLogin login;
  UniqueFd socket;
  std::string where;
  Session session;
  Channel channel;  ///< of `start`
  UniqueFd pair;    ///< its end of the link
  std::future<SshOutput> pumping;
  asio::thread_pool thread;
};

SshResult<std::string> SshSession::Connection::shake_hands(const std::vector<std::string>& known) {
  if (const std::string algorithms = algorithms_of(known); !algorithms.empty()) {
    set(SSH_OPTIONS_HOSTKEYS, algorithms.c_str());
  }
  if (ssh_connect(session.get()) != SSH_OK) {
    const std::string why = ssh_get_error(session.get());
    if (why.find("host key algo") != why.npos || why.find("server host key") != why.npos) {
      return ssh_error(
          SshTrouble::other_key,
          fmt::format("{}: it has no host key of the known type ({}): another machine, "
                      "or its keys were made anew; see `luolab target probe`",
                      where, algorithms_of(known)));
    }
    return lost("SSH handshake");
  }
  ssh_key shown = nullptr;
  if (ssh_get_server_publickey(session.get(), &shown) != SSH_OK) return lost("host key");
  const Key key(shown);
  std::string text = text_of(key);
  if (!known.empty() &&
      std::ranges::none_of(known, [&](const auto& one) { return plain_key(one) == text; })) {
    return ssh_error(
        SshTrouble::other_key,
        fmt::format(
            "{}: the host key is {} {}, known is {}: another machine, or its keys were made "
            "anew; compare with `luolab target probe`, then change host_key",
            where, text.substr(0, text.find(' ')), key_fingerprint(text),
            key_fingerprint(plain_key(known.front()))));
  }
  return text;
}

/// Empty where the key was taken.
std::optional<std::string> SshSession::Connection::offer(ssh_key key) {
  if (ssh_userauth_publickey(session.get(), nullptr, key) == SSH_AUTH_SUCCESS) return {};
  return ssh_get_error(session.get());
}

SshResult<void> SshSession::Connection::log_in() {
  std::string with = "the SSH agent's keys";
  if (login.key_text.empty() && login.key_file.empty()) {
    if (ssh_userauth_agent(session.get(), nullptr) == SSH_AUTH_SUCCESS) return {};
  } else {
    ssh_key read = nullptr;
    const bool text = !login.key_text.empty();
    const int got = text ? ssh_pki_import_privkey_base64(login.key_text.c_str(), nullptr, nullptr,
                                                         nullptr, &read)
                         : ssh_pki_import_privkey_file(login.key_file.c_str(), nullptr, nullptr,
                                                       nullptr, &read);
    with = text ? "the attempt's own key" : login.key_file.string();
    if (got != SSH_OK) {
      return ssh_error(SshTrouble::login_refused,
                       fmt::format("{}: is no private key that can be read without a passphrase "
                                   "(put one with a passphrase into ssh-agent and leave out key)",
                                   with));
    }
    const Key key(read);
    if (!offer(key.get())) return {};
  }
  if (ssh_is_connected(session.get()) == 0) return lost("logging in");
  return ssh_error(SshTrouble::login_refused,
                   fmt::format("{}: does not let in user {} with {} (add the public key to "
                               "~{}/.ssh/authorized_keys there, or change user or key)",
                               where, login.user, with, login.user));
}

SshResult<Channel> SshSession::Connection::open_channel(const std::string& command) {
  Channel opened(ssh_channel_new(session.get()));
  if (!opened || ssh_channel_open_session(opened.get()) != SSH_OK)
    return refused("opening a channel");
  if (ssh_channel_request_exec(opened.get(), command.c_str()) != SSH_OK) {
    return refused("running `" + command.substr(0, command.find('\n')) + "`");
  }
  return opened;
}

SshResult<SshOutput> SshSession::Connection::run(const std::string& command,
                                                 std::string_view input) {
  auto opened = open_channel(command);
  if (!opened) return opened.error();
  ssh_channel running = opened->get();
  while (!input.empty()) {
    const int sent =
        ssh_channel_write(running, input.data(),
                          static_cast<std::uint32_t>(std::min<std::size_t>(input.size(), 32768)));
    if (sent <= 0) break;  // it does not read all of it
    input.remove_prefix(static_cast<std::size_t>(sent));
  }
  ssh_channel_send_eof(running);
  SshOutput ended;
  char block[16384];
  for (;;) {
    bool moved = false;
    for (const int is_error : {0, 1}) {
      const int got = ssh_channel_read_nonblocking(running, block, sizeof block, is_error);
      if (got == SSH_ERROR)
        return lost("waiting for `" + command.substr(0, command.find('\n')) + "`");
      std::string& text = is_error != 0 ? ended.errors : ended.output;
      if (got > 0 && text.size() < kMostOutput) text.append(block, static_cast<std::size_t>(got));
      moved |= got > 0;
    }
    if (moved) continue;
    if (ssh_channel_is_eof(running) != 0 && ssh_channel_get_exit_status(running) != -1) break;
    if (ssh_channel_is_closed(running) != 0) break;
    if (ssh_is_connected(session.get()) == 0) return lost("waiting for a command");
    pollfd ready{ssh_get_fd(session.get()), POLLIN, 0};
    ::poll(&ready, 1, kPollMs);
  }
  ended.exit_code = ssh_channel_get_exit_status(running);
  close(running);
  return ended;
}

SshResult<void> SshSession::Connection::write_file(sftp_session sftp, const std::string& path,
                                                   std::string_view bytes, std::uint32_t mode) {
  const auto refusal = [&](std::string_view doing) {
    const int code = sftp_get_error(sftp);
    const char* const why = code == SSH_FX_PERMISSION_DENIED ? "permission denied"
                            : code == SSH_FX_NO_SUCH_FILE    ? "no such folder"
                            : code == SSH_FX_FAILURE         ? "it failed; is the disk full?"
                                                             : ssh_get_error(session.get());
    return ssh_error(
        ssh_is_connected(session.get()) != 0 ? SshTrouble::refused : SshTrouble::lost,
        fmt::format("{}: {} {} ({} bytes): {}", where, doing, path, bytes.size(), why));
  };
  sftp_file file = sftp_open(sftp, path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, mode);
  if (file == nullptr) return refusal("making");
  while (!bytes.empty()) {
    const std::size_t size = std::min(bytes.size(), kSftpBlock);
    const ssize_t sent = sftp_write(file, bytes.data(), size);
    if (sent <= 0) {
      SshError error = refusal("writing");
      sftp_close(file);
      return error;
    }
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  if (sftp_close(file) != SSH_OK) return refusal("closing");
  if (sftp_chmod(sftp, path.c_str(), mode) != SSH_OK) return refusal("changing the mode of");
  return {};
}

SshResult<void> SshSession::Connection::put(const std::string& path, std::string_view bytes,
                                            std::uint32_t mode) {
  const Sftp sftp(sftp_new(session.get()));
  if (!sftp || sftp_init(sftp.get()) != SSH_OK) {
    SshError error = refused("SFTP");
    error.error.what += " (it needs an SFTP server: apt-get install openssh-sftp-server there)";
    return error;
  }
  auto written = replace_file(sftp.get(), path, bytes, mode);
  close(sftp->channel);
  return written;
}

SshResult<void> SshSession::Connection::replace_file(sftp_session sftp, const std::string& path,
                                                     std::string_view bytes, std::uint32_t mode) {
  const std::string neighbour = path + ".part";
  auto written = write_file(sftp, neighbour, bytes, mode);
  if (!written) {
    if (written.error().trouble != SshTrouble::lost) sftp_unlink(sftp, neighbour.c_str());
    return written;
  }
  sftp_unlink(sftp, path.c_str());
  if (sftp_rename(sftp, neighbour.c_str(), path.c_str()) != SSH_OK) {
    SshError error = refused("renaming " + neighbour);
    sftp_unlink(sftp, neighbour.c_str());
    return error;
  }
  return {};
}

/// Ends a channel on both sides. Dropbear (2022.83) takes the end of a channel's process for that
/// of a channel opened meanwhile, and closes it before it has run anything; so there is one at a
/// time.
void SshSession::Connection::close(ssh_channel open) {
  ssh_channel_send_eof(open);
  // After the end of a channel's data, reading from it does not look at packets any more.
  const Event event(ssh_event_new());
  if (!event || ssh_event_add_session(event.get(), session.get()) != SSH_OK) return;
  char rest[4096];
  while (ssh_channel_is_closed(open) == 0 && ssh_is_connected(session.get()) != 0) {
    if (ssh_event_dopoll(event.get(), kPollMs) == SSH_ERROR) break;
    for (const int is_error : {0, 1}) {
      while (ssh_channel_read_nonblocking(open, rest, sizeof rest, is_error) > 0) {
      }
    }
  }
  ssh_event_remove_session(event.get(), session.get());
}

/// What the command printed goes to the socket `end`. False where either is over.
bool SshSession::Connection::forward(ssh_channel running, int end, SshOutput& ending) {
  char block[65536];
  for (const int is_error : {0, 1}) {
    for (;;) {
      const int got = ssh_channel_read_nonblocking(running, block, sizeof block, is_error);
      if (got < 0 && got != SSH_EOF) return false;
      if (got <= 0) break;
      if (is_error != 0) {
        if (ending.errors.size() < kMostOutput)
          ending.errors.append(block, static_cast<std::size_t>(got));
        continue;
      }
      for (int sent = 0; sent < got;) {
        const ssize_t count =
            ::send(end, block + sent, static_cast<std::size_t>(got - sent), MSG_NOSIGNAL);
        if (count <= 0) return false;
        sent += static_cast<int>(count);
      }
    }
  }
  return ssh_channel_is_eof(running) == 0 && ssh_channel_is_closed(running) == 0 &&
         ssh_is_connected(session.get()) != 0;
}

void SshSession::Connection::pump(ssh_channel running, int end, SshOutput& ending) {
  auto alive = std::chrono::steady_clock::now();
  char block[32768];
  while (forward(running, end, ending)) {
    pollfd ready[2]{{ssh_get_fd(session.get()), POLLIN, 0}, {end, POLLIN, 0}};
    ::poll(ready, 2, kPollMs);
    if ((ready[1].revents & (POLLIN | POLLHUP)) != 0) {
      const ssize_t got = ::recv(end, block, sizeof block, MSG_DONTWAIT);
      if (got == 0) break;
      if (got > 0 && ssh_channel_write(running, block, static_cast<std::uint32_t>(got)) != got)
        break;
    }
    if (const auto now = std::chrono::steady_clock::now(); now - alive >= kKeepalive) {
      if (ssh_send_ignore(session.get(), "alive") != SSH_OK) break;
      alive = now;
    }
  }
  ending.exit_code =
      ssh_is_connected(session.get()) != 0 ? ssh_channel_get_exit_status(running) : -1;
}

SshSession::SshSession(std::unique_ptr<Connection> connection)
    : connection_(std::move(connection)) {}

SshSession::~SshSession() = default;

/// Runs `work` on the thread; where the limit passes or the caller is cancelled, the socket is shut
/// down under it, and it ends.
template <class Work>
auto SshSession::call(std::chrono::nanoseconds limit, Work work)
    -> Task<std::invoke_result_t<Work&, Connection&>> {
  using Answer = std::invoke_result_t<Work&, Connection&>;
  using namespace asio::experimental::awaitable_operators;
  Connection& connection = *connection_;
  bool over = false, late = false;
  const auto working = [&]() -> Task<std::optional<Answer>> {
    auto bound = [&] { return std::optional<Answer>(work(connection)); };
    auto answer = co_await run_on(connection.thread.get_executor(), bound);
    over = true;
    co_return answer;
  };
  const auto watching = [&]() -> Task<void> {
    asio::steady_timer timer(co_await asio::this_coro::executor, limit);
    boost::system::error_code error;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, error));
    if (over) co_return;
    late = true;
    connection.cut();
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
          fmt::format("{}: no answer for {} s", connection.where,
                      std::chrono::duration_cast<std::chrono::seconds>(limit).count()));
    }
    co_return std::move(**ended.value);
  }
  co_return ssh_error(SshTrouble::lost, connection.where + ": no answer in time");
}

Task<SshResult<SshSession::Opened>> SshSession::open(SshLogin login,
                                                     std::vector<std::string> known_keys,
                                                     std::chrono::nanoseconds limit) {
  const auto end = std::chrono::steady_clock::now() + limit;
  std::string host = login.host;
  auto stream = co_await knock(std::move(host), login.port, limit);
  if (!stream) co_return stream.error();
  Opened opened;
  opened.session.reset(
      new SshSession(std::make_unique<Connection>(std::move(login), std::move(*stream))));
  auto enter = [&](Connection& connection) -> SshResult<std::string> {
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
  SshSession session(std::make_unique<Connection>(std::move(login), std::move(*stream)));
  auto shake = [](Connection& connection) { return connection.shake_hands({}); };
  co_return co_await session.call(limit, shake);
}

Task<SshResult<SshOutput>> SshSession::feed(std::string command, std::string_view input,
                                            std::chrono::nanoseconds limit) {
  auto work = [&](Connection& connection) { return connection.run(command, input); };
  co_return co_await call(limit, work);
}

Task<SshResult<SshOutput>> SshSession::run(std::string command, std::string input,
                                           std::chrono::nanoseconds limit) {
  auto work = [&](Connection& connection) { return connection.run(command, input); };
  co_return co_await call(limit, work);
}

Task<SshResult<SshOutput>> SshSession::run(std::string command, std::chrono::nanoseconds limit) {
  std::string nothing;
  co_return co_await run(std::move(command), std::move(nothing), limit);
}

Task<SshResult<void>> SshSession::put(std::string path, std::string bytes, std::uint32_t mode,
                                      std::chrono::nanoseconds limit) {
  auto work = [&](Connection& connection) { return connection.put(path, bytes, mode); };
  co_return co_await call(limit, work);
}

Task<SshResult<UniqueFd>> SshSession::start(std::string command, std::chrono::nanoseconds limit) {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    throw std::system_error(errno, std::generic_category(), "socketpair");
  }
  UniqueFd ours(ends[0]);
  connection_->pair.reset(ends[1]);
  auto work = [&](Connection& connection) -> SshResult<void> {
    auto opened = connection.open_channel(command);
    if (!opened) return opened.error();
    connection.channel = std::move(*opened);
    return {};
  };
  const auto begun = co_await call(limit, work);
  if (!begun) co_return begun.error();
  auto promise = std::make_shared<std::promise<SshOutput>>();
  connection_->pumping = promise->get_future();
  asio::post(connection_->thread, [connection = connection_.get(), promise] {
    SshOutput ending;
    connection->pump(connection->channel.get(), connection->pair.get(), ending);
    connection->channel.reset();
    promise->set_value(std::move(ending));
    ::shutdown(connection->pair.get(), SHUT_RDWR);
  });
  co_return std::move(ours);
}

Task<SshOutput> SshSession::ended() {
  auto wait = [&](Connection& connection) {
    return connection.pumping.valid() ? SshResult<SshOutput>(connection.pumping.get())
                                      : SshResult<SshOutput>(SshOutput{});
  };
  auto ending = co_await call(std::chrono::seconds(10), wait);
  co_return ending ? std::move(*ending) : SshOutput{};
}

std::string key_fingerprint(const std::string& key) {
  const Key parsed = public_key(plain_key(key));
  unsigned char* hash = nullptr;
  std::size_t length = 0;
  if (!parsed ||
      ssh_get_publickey_hash(parsed.get(), SSH_PUBLICKEY_HASH_SHA256, &hash, &length) != 0)
    return {};
  char* const text = ssh_get_fingerprint_hash(SSH_PUBLICKEY_HASH_SHA256, hash, length);
  std::string fingerprint = text == nullptr ? "" : text;
  ssh_string_free_char(text);
  ssh_clean_pubkey_hash(&hash);
  return fingerprint;
}

SshKeyPair make_ssh_key() {
  ssh_key made = nullptr;
  if (ssh_pki_generate(SSH_KEYTYPE_ED25519, 0, &made) != SSH_OK) {
    throw std::runtime_error("libssh can't make an Ed25519 key");
  }
  const Key key(made);
  char* text = nullptr;
  if (ssh_pki_export_privkey_base64(key.get(), nullptr, nullptr, nullptr, &text) != SSH_OK) {
    throw std::runtime_error("libssh can't write an Ed25519 key");
  }
  SshKeyPair pair{text, text_of(key)};
  ssh_string_free_char(text);
  return pair;
}

}  // namespace luolab
