// SPDX-License-Identifier: Apache-2.0
#include "agent/ssh_host.h"

#include <poll.h>
#include <sys/reboot.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <string>

#include "agent/first_process.h"
#include "agent/text_file.h"
#include "core/wire/agent_wire.h"

namespace luolab {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kDeviceDeadline = std::chrono::seconds{20};
constexpr int kLookMs = 500;
constexpr auto kSayEvery = std::chrono::seconds{4};
constexpr auto kListenDeadline = std::chrono::seconds{20};
constexpr int kListenLookMs = 5;

void start_server() {
  const pid_t child = fork();
  if (child < 0) give_up(call_failed("fork", "the SSH server"));
  if (child > 0) return;
  const std::string server(wire::kSshServer), key(wire::kSshHostKey);
  // Foreground, no password, no forwarding; every key but the one given is left out.
  execl(server.c_str(), server.c_str(), "-F", "-s", "-j", "-k", "-r", key.c_str(), "-p",
        std::to_string(wire::kSshPort).c_str(), nullptr);
  const Failure failure = call_failed("execve", server);
  std::fprintf(stderr, "luolab-agent: %s: %s\n", server.c_str(), failure.detail.c_str());
  _exit(127);
}

bool server_listens() {
  return parse_tcp_listens(read_text("/proc/net/tcp6"), wire::kSshPort) ||
         parse_tcp_listens(read_text("/proc/net/tcp"), wire::kSshPort);
}

// Says when the server listens; one that never does is found by the worker, which can't reach it.
void await_server(Clock::time_point began) {
  const auto end = Clock::now() + kListenDeadline;
  while (!server_listens()) {
    if (Clock::now() >= end) return;
    poll(nullptr, 0, kListenLookMs);
  }
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - began);
  const std::string listens(wire::kSshStartedMark);
  std::fprintf(stderr, "%s %lld ms\n", listens.c_str(), static_cast<long long>(took.count()));
}

std::uint64_t segments() { return parse_tcp_in_segments(read_text("/proc/net/snmp")); }

void say(std::string_view mark, long long seconds) {
  std::fprintf(stderr, "%.*s for %lld s\n", static_cast<int>(mark.size()), mark.data(), seconds);
}

}  // namespace

void reset_machine() {
  reboot(RB_AUTOBOOT);
  while (true) pause();
}

void host_ssh(const NetworkSetting& setting) {
  const auto began = Clock::now();
  if (const Done ready = set_up_network(setting, kDeviceDeadline); !ready) {
    const Failure& failure = ready.failure();
    std::fprintf(stderr, "luolab-agent: %s: %s; resetting the machine\n", failure.call.c_str(),
                 failure.detail.c_str());
    reset_machine();
  }
  start_server();
  await_server(began);
  auto heard = Clock::now();
  auto said = heard;
  for (std::uint64_t last = segments();;) {
    poll(nullptr, 0, kLookMs);
    const auto now = Clock::now();
    if (const std::uint64_t count = segments(); count != last) {
      last = count;
      heard = said = now;
      continue;
    }
    const auto silence = std::chrono::duration_cast<std::chrono::seconds>(now - heard);
    if (silence >= setting.unheard) {
      std::fprintf(stderr, "luolab-agent: nobody has come for %lld s: resetting the machine\n",
                   static_cast<long long>(silence.count()));
      reset_machine();
    }
    if (now - said >= kSayEvery) {
      say(wire::kSshUnheardMark, silence.count());
      said = now;
    }
  }
}

}  // namespace luolab
