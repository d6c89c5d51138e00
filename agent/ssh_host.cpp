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

void start_server() {
  const pid_t child = fork();
  if (child < 0) give_up(call_failed("fork", "the SSH server"));
  if (child > 0) return;
  const std::string server(wire::kSshServer), key(wire::kSshHostKey);
  // Foreground, no password, no forwarding; every key but the one given is left out.
  execl(server.c_str(), server.c_str(), "-F", "-s", "-j", "-k", "-r", key.c_str(), "-p", "22",
        nullptr);
  const Failure failure = call_failed("execve", server);
  std::fprintf(stderr, "luolab-agent: %s: %s\n", server.c_str(), failure.detail.c_str());
  _exit(127);
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
  if (const Done ready = set_up_network(setting, kDeviceDeadline); !ready) {
    const Failure& failure = ready.failure();
    std::fprintf(stderr, "luolab-agent: %s: %s; resetting the machine\n", failure.call.c_str(),
                 failure.detail.c_str());
    reset_machine();
  }
  start_server();
  const std::string started(wire::kSshStartedMark);
  std::fprintf(stderr, "%s\n", started.c_str());
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
