// SPDX-License-Identifier: Apache-2.0
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "agent/clock.h"
#include "agent/first_process.h"
#include "agent/holdings.h"
#include "agent/kernel_log.h"
#include "agent/kexec.h"
#include "agent/line_channel.h"
#include "agent/load/echo_server.h"
#include "agent/server.h"
#include "agent/ssh_host.h"
#include "agent/text_file.h"
#include "core/wire/agent_wire.h"

namespace luolab {
namespace {

constexpr auto kPortDeadline = std::chrono::seconds{30};
constexpr int kUsageError = 64;

constexpr const char* kUsage =
    "usage: luolab-agent --stdio [--files FOLDER] [--wait-for-go]\n"
    "\n"
    "Serves luolab's agent protocol (docs/agent-protocol.md), one JSON object a line, on standard\n"
    "input and output. As PID 1 of an initramfs it takes no arguments and serves on the\n"
    "virtio-serial port luolab.agent, or, where the command line has luolab.ssh=..., starts the\n"
    "initramfs's SSH server. As a login shell (-c COMMAND) it does what its own arguments can say.\n"
    "\n"
    "  --files FOLDER  where kernels and initrds are found by name (default: /luolab)\n"
    "  --wait-for-go   a kexec waits for the line {\"op\":\"go\"} after its \"going\"\n"
    "  --kernel-log    print the kernel's log, as the console shows it\n"
    "  --unload        take back a kernel that was loaded for kexec\n"
    "  --reset         reset the machine at once\n"
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
  std::fprintf(stderr, "luolab-agent: no echo: %s\n", in_words(echo.failure()).c_str());
  return nullptr;
}

[[noreturn]] void serve_as_first_process(const Instant& start) {
  prepare_machine();
  if (const auto network = parse_network_setting(read_line("/proc/cmdline"))) host_ssh(*network);
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

int serve_on_stdio(const Instant& start, const std::string& folder, bool wait_for_go) {
  signal(SIGPIPE, SIG_IGN);
  Holdings holdings = make_holdings(folder);
  LineChannel channel(STDIN_FILENO, STDOUT_FILENO);
  Server server(channel, holdings, false);
  if (wait_for_go) server.wait_for_go();
  return server.serve(start) ? 0 : 1;
}

int wrong_usage(std::string_view problem) {
  std::fprintf(stderr, "luolab-agent: %.*s\n%s", static_cast<int>(problem.size()), problem.data(),
               kUsage);
  return kUsageError;
}

int run(const Instant& start, const std::vector<std::string>& words) {
  bool stdio = false, wait_for_go = false;
  std::string folder(wire::kFilesFolder);
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (word == "--version") return std::puts("luolab-agent " LUOLAB_VERSION) < 0;
    if (word == "--help") return std::fputs(kUsage, stdout) < 0;
    if (word == "--kernel-log") return print_kernel_log() ? 0 : 1;
    if (word == "--reset") reset_machine();
    if (word == "--unload") return unload_kernel() ? 0 : 1;
    if (word == "--stdio") {
      stdio = true;
    } else if (word == "--wait-for-go") {
      wait_for_go = true;
    } else if (word == "--files" && i + 1 < words.size()) {
      folder = words[++i];
    } else {
      return wrong_usage("unknown argument \"" + word + "\"");
    }
  }
  return stdio ? serve_on_stdio(start, folder, wait_for_go) : wrong_usage("--stdio is missing");
}

/// The words of "-c COMMAND", without the command's own name; no quotes are known.
std::vector<std::string> words_of_command(const char* command) {
  std::istringstream text(command);
  std::vector<std::string> words;
  for (std::string word; text >> word;) words.push_back(word);
  if (!words.empty()) words.erase(words.begin());
  return words;
}

std::vector<std::string> words_of(int argc, char** argv) {
  if (argc == 3 && std::string_view(argv[1]) == "-c") return words_of_command(argv[2]);
  return {argv + 1, argv + argc};
}

}  // namespace
}  // namespace luolab

int main(int argc, char** argv) {
  const luolab::Instant start = luolab::read_clocks();
  if (getpid() == 1) luolab::serve_as_first_process(start);
  return luolab::run(start, luolab::words_of(argc, argv));
}
