// SPDX-License-Identifier: Apache-2.0
#include "worker/target/ssh_connection.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <chrono>
#include <stdexcept>

#include <fmt/format.h>

#include "worker/target/ssh_key.h"

namespace luolab {
namespace {

constexpr std::size_t kMostOutput = std::size_t{4} << 20;
constexpr int kPollMs = 250;
constexpr std::chrono::seconds kKeepalive{3};
constexpr unsigned int kUserTimeoutMs = 20'000;  // unacknowledged for so long: the peer is gone

}  // namespace

SshConnection::SshConnection(SshLogin login, UniqueFd stream)
    : login_(std::move(login)),
      socket_(::fcntl(stream.get(), F_DUPFD_CLOEXEC, 0)),
      where_(fmt::format("{}@{}:{}", login_.user, login_.host, login_.port)),
      session_(ssh_new()) {
  if (!session_) throw std::runtime_error("libssh: no memory");
  const int on = 1;
  ::setsockopt(socket_.get(), SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
  ::setsockopt(socket_.get(), IPPROTO_TCP, TCP_USER_TIMEOUT, &kUserTimeoutMs,
               sizeof kUserTimeoutMs);
  const bool off = false;
  const unsigned int port = login_.port;
  set(SSH_OPTIONS_PROCESS_CONFIG, &off);
  set(SSH_OPTIONS_HOST, login_.host.c_str());
  set(SSH_OPTIONS_PORT, &port);
  set(SSH_OPTIONS_USER, login_.user.c_str());
  socket_t given = stream.release();  // libssh closes it
  set(SSH_OPTIONS_FD, &given);
}

void SshConnection::set(ssh_options_e option, const void* value) {
  if (ssh_options_set(session_.get(), option, value) < 0) {
    throw std::runtime_error(std::string("libssh: ") + ssh_get_error(session_.get()));
  }
}

void SshConnection::cut() { ::shutdown(socket_.get(), SHUT_RDWR); }

SshError SshConnection::lost(std::string_view doing) {
  return ssh_error(SshTrouble::lost,
                   fmt::format("{}: {}: {}", where_, doing, ssh_get_error(session_.get())));
}

SshError SshConnection::refused(std::string_view doing) {
  SshError error = lost(doing);
  if (ssh_is_connected(session_.get()) != 0) error.trouble = SshTrouble::refused;
  return error;
}

SshResult<std::string> SshConnection::shake_hands(const std::vector<std::string>& known) {
  if (const std::string algorithms = algorithms_of(known); !algorithms.empty()) {
    set(SSH_OPTIONS_HOSTKEYS, algorithms.c_str());
  }
  if (ssh_connect(session_.get()) != SSH_OK) {
    const std::string why = ssh_get_error(session_.get());
    if (why.find("host key algo") != why.npos || why.find("server host key") != why.npos) {
      return ssh_error(
          SshTrouble::other_key,
          fmt::format("{}: it has no host key of the known type ({}): another machine, "
                      "or its keys were made anew; see `luolab target probe`",
                      where_, algorithms_of(known)));
    }
    return lost("SSH handshake");
  }
  ssh_key shown = nullptr;
  if (ssh_get_server_publickey(session_.get(), &shown) != SSH_OK) return lost("host key");
  const SshKey key(shown);
  std::string text = text_of(key.get());
  if (!known.empty() &&
      std::ranges::none_of(known, [&](const auto& one) { return plain_key(one) == text; })) {
    return ssh_error(
        SshTrouble::other_key,
        fmt::format(
            "{}: the host key is {} {}, known is {}: another machine, or its keys were made "
            "anew; compare with `luolab target probe`, then change host_key",
            where_, text.substr(0, text.find(' ')), key_fingerprint(text),
            key_fingerprint(plain_key(known.front()))));
  }
  return text;
}

/// Empty where the key was taken.
std::optional<std::string> SshConnection::offer(ssh_key key) {
  if (ssh_userauth_publickey(session_.get(), nullptr, key) == SSH_AUTH_SUCCESS) return {};
  return ssh_get_error(session_.get());
}

SshResult<void> SshConnection::log_in() {
  std::string with = "the SSH agent's keys";
  if (login_.key_text.empty() && login_.key_file.empty()) {
    if (ssh_userauth_agent(session_.get(), nullptr) == SSH_AUTH_SUCCESS) return {};
  } else {
    ssh_key read = nullptr;
    const bool text = !login_.key_text.empty();
    const int got = text ? ssh_pki_import_privkey_base64(login_.key_text.c_str(), nullptr, nullptr,
                                                         nullptr, &read)
                         : ssh_pki_import_privkey_file(login_.key_file.c_str(), nullptr, nullptr,
                                                       nullptr, &read);
    with = text ? "the attempt's own key" : login_.key_file.string();
    if (got != SSH_OK) {
      return ssh_error(SshTrouble::login_refused,
                       fmt::format("{}: is no private key that can be read without a passphrase "
                                   "(put one with a passphrase into ssh-agent and leave out key)",
                                   with));
    }
    const SshKey key(read);
    if (!offer(key.get())) return {};
  }
  if (ssh_is_connected(session_.get()) == 0) return lost("logging in");
  return ssh_error(SshTrouble::login_refused,
                   fmt::format("{}: does not let in user {} with {} (add the public key to "
                               "~{}/.ssh/authorized_keys there, or change user or key)",
                               where_, login_.user, with, login_.user));
}

SshResult<SshChannel> SshConnection::open_channel(const std::string& command) {
  SshChannel opened(ssh_channel_new(session_.get()));
  if (!opened || ssh_channel_open_session(opened.get()) != SSH_OK)
    return refused("opening a channel");
  if (ssh_channel_request_exec(opened.get(), command.c_str()) != SSH_OK) {
    return refused("running `" + command.substr(0, command.find('\n')) + "`");
  }
  return opened;
}

SshResult<SshOutput> SshConnection::run(const std::string& command, std::string_view input) {
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
    if (ssh_is_connected(session_.get()) == 0) return lost("waiting for a command");
    pollfd ready{ssh_get_fd(session_.get()), POLLIN, 0};
    ::poll(&ready, 1, kPollMs);
  }
  ended.exit_code = ssh_channel_get_exit_status(running);
  close(running);
  return ended;
}

/// Ends a channel on both sides. Dropbear (2022.83) takes the end of a channel's process for that
/// of a channel opened meanwhile, and closes it before it has run anything; so there is one at a
/// time.
void SshConnection::close(ssh_channel open) {
  ssh_channel_send_eof(open);
  // After the end of a channel's data, reading from it does not look at packets any more.
  const SshEvent event(ssh_event_new());
  if (!event || ssh_event_add_session(event.get(), session_.get()) != SSH_OK) return;
  char rest[4096];
  while (ssh_channel_is_closed(open) == 0 && ssh_is_connected(session_.get()) != 0) {
    if (ssh_event_dopoll(event.get(), kPollMs) == SSH_ERROR) break;
    for (const int is_error : {0, 1}) {
      while (ssh_channel_read_nonblocking(open, rest, sizeof rest, is_error) > 0) {
      }
    }
  }
  ssh_event_remove_session(event.get(), session_.get());
}

/// What the command printed goes to the socket `end`. False where either is over.
bool SshConnection::forward(ssh_channel running, int end, SshOutput& ending) {
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
         ssh_is_connected(session_.get()) != 0;
}

SshOutput SshConnection::pump(ssh_channel running, int end) {
  SshOutput ending;
  auto alive = std::chrono::steady_clock::now();
  char block[32768];
  while (forward(running, end, ending)) {
    pollfd ready[2]{{ssh_get_fd(session_.get()), POLLIN, 0}, {end, POLLIN, 0}};
    ::poll(ready, 2, kPollMs);
    if ((ready[1].revents & (POLLIN | POLLHUP)) != 0) {
      const ssize_t got = ::recv(end, block, sizeof block, MSG_DONTWAIT);
      if (got == 0) break;
      if (got > 0 && ssh_channel_write(running, block, static_cast<std::uint32_t>(got)) != got)
        break;
    }
    if (const auto now = std::chrono::steady_clock::now(); now - alive >= kKeepalive) {
      if (ssh_send_ignore(session_.get(), "alive") != SSH_OK) break;
      alive = now;
    }
  }
  ending.exit_code =
      ssh_is_connected(session_.get()) != 0 ? ssh_channel_get_exit_status(running) : -1;
  return ending;
}

}  // namespace luolab
