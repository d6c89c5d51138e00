// SPDX-License-Identifier: Apache-2.0
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

#include "agent/clock.h"
#include "agent/first_process.h"
#include "agent/holdings.h"
#include "agent/line_channel.h"
#include "agent/load/echo_server.h"
#include "agent/server.h"
#include "agent/text_file.h"
#include "core/wire/agent_wire.h"

namespace luolab {
namespace {

constexpr auto kPortDeadline = std::chrono::seconds{30};
constexpr int kUsageError = 64;

constexpr const char* kUsage =
    "usage: luolab-agent --stdio [--files FOLDER]\n"
    "\n"
    "Serves luolab's agent protocol (docs/agent-protocol.md), one JSON object a line, on standard\n"
    "input and output. As PID 1 of an initramfs it takes no arguments and serves on the\n"
    "virtio-serial port luolab.agent.\n"
    "\n"
    "  --files FOLDER  where kernels and initrds are found by name (default: /luolab)\n"
    "  --version       print the version\n";

Holdings make_holdings(const std::string& folder) {
  return Holdings(folder, parse_misbehaviour(read_text("/proc/cmdline")));
}

// Before anything else, as a service that must be back soon would. Where it can't, the console says
// why, and the worker hears no echo.
std::unique_ptr<Load> serve_echo_if_asked() {
  if (!has_word(read_text("/proc/cmdline"), wire::kEchoWord)) return nullptr;
  Outcome<std::unique_ptr<Load>> echo = start_echo_server();
  if (echo) return *std::move(echo);
  const Failure& failure = echo.failure();
  std::fprintf(stderr, "luolab-agent: no echo: %s: %s: %s\n", failure.call.c_str(),
               errno_name(failure.error).c_str(), failure.detail.c_str());
  return nullptr;
}

[[noreturn]] void serve_as_first_process(const Instant& start) {
  prepare_machine();
  const std::unique_ptr<Load> echo = serve_echo_if_asked();
  const std::uint64_t echo_ready_tsc = read_tsc();
  const Outcome<OwnedFd> port = open_port(std::string(wire::kPortName), kPortDeadline);
  if (!port) give_up(port.failure());
  Holdings holdings = make_holdings(std::string(wire::kFilesFolder));
  if (echo) holdings.echo_ready_tsc = echo_ready_tsc;
  LineChannel channel(port->get(), port->get());
  Server(channel, holdings, true).serve(start);
  give_up({"write", EPIPE, "the agent link is gone"});
}

int serve_on_stdio(const Instant& start, const std::string& folder) {
  signal(SIGPIPE, SIG_IGN);
  Holdings holdings = make_holdings(folder);
  LineChannel channel(STDIN_FILENO, STDOUT_FILENO);
  return Server(channel, holdings, false).serve(start) ? 0 : 1;
}

int wrong_usage(std::string_view problem) {
  std::fprintf(stderr, "luolab-agent: %.*s\n%s", static_cast<int>(problem.size()), problem.data(),
               kUsage);
  return kUsageError;
}

int run(const Instant& start, int argc, char** argv) {
  bool stdio = false;
  std::string folder(wire::kFilesFolder);
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word == "--version") return std::puts("luolab-agent " LUOLAB_VERSION) < 0;
    if (word == "--help") return std::fputs(kUsage, stdout) < 0;
    if (word == "--stdio") {
      stdio = true;
    } else if (word == "--files" && i + 1 < argc) {
      folder = argv[++i];
    } else {
      return wrong_usage(std::string("unknown argument \"") + argv[i] + "\"");
    }
  }
  return stdio ? serve_on_stdio(start, folder) : wrong_usage("--stdio is missing");
}

}  // namespace
}  // namespace luolab

int main(int argc, char** argv) {
  const luolab::Instant start = luolab::read_clocks();
  if (getpid() == 1) luolab::serve_as_first_process(start);
  return luolab::run(start, argc, argv);
}
