// SPDX-License-Identifier: Apache-2.0
#include <iostream>
#include <memory>

#include <boost/asio/io_context.hpp>
#include <fmt/format.h>

#include "cli/command.h"
#include "cli/interrupt.h"
#include "cli/ssh_address.h"
#include "cli/targets_file.h"
#include "core/base/quantity.h"
#include "worker/target/home_system.h"
#include "worker/target/machine_probe.h"
#include "worker/target/ssh_key.h"

namespace luolab {
namespace {

constexpr std::chrono::seconds kPatience{15};

struct ProbeFlags {
  std::string target;
  std::string key_file;
  std::string host_key;
  std::string targets_file;
  bool sudo = false;
};

constexpr std::string_view kScheme = "ssh://";

/// "ssh://USER@HOST:PORT", without what is optional.
Result<SshLogin> parse_target(std::string_view text) {
  auto login = text.starts_with(kScheme) ? parse_ssh_address(text.substr(kScheme.size()))
                                         : Result<SshLogin>(scenario_error(""));
  if (login) return login;
  return scenario_error(
      fmt::format("\"{}\" is neither ssh://USER@HOST[:PORT] nor a name of the targets file", text));
}

Result<SshMachine> machine_of(const ProbeFlags& flags) {
  SshMachine machine;
  if (!flags.targets_file.empty() && !flags.target.starts_with(kScheme)) {
    auto machines = read_targets_file(flags.targets_file);
    if (!machines) return machines.error();
    for (SshMachine& each : *machines) {
      if (each.name == flags.target) return std::move(each);
    }
    return scenario_error(
        fmt::format("{}: has no machine \"{}\"", flags.targets_file, flags.target));
  }
  auto login = parse_target(flags.target);
  if (!login) return login.error();
  machine.login = std::move(*login);
  machine.login.key_file = flags.key_file;
  machine.host_key = flags.host_key;
  machine.sudo = flags.sudo;
  return machine;
}

std::string yes_no(bool yes) { return yes ? "yes" : "no"; }

void show_report(const MachineReport& report) {
  const auto line = [](std::string_view what, const std::string& value) {
    std::cout << fmt::format("{:<14} {}\n", what, value);
  };
  line("arch", report.arch);
  line("kernel", report.release);
  line("memory", format_size_rounded(report.memory_bytes));
  line("cpus", std::to_string(report.cpus));
  line("root", yes_no(report.root));
  line("kho", yes_no(report.kho));
  line("liveupdate", yes_no(report.liveupdate));
  line("kexec", report.kexec_disabled ? "disabled by sysctl"
                : !report.kexec_file  ? "no kexec_file_load"
                                      : "yes");
  line("lockdown", report.lockdown.empty() ? "none" : report.lockdown);
  line("free disk", format_size_rounded(report.free_disk_bytes));
  line("network", report.network.empty() ? "not found" : report.network);
  for (const std::string& tool : report.missing) line("missing", tool);
}

Task<int> probe(SshMachine machine) {
  SshLogin login = machine.login;
  const auto key = co_await SshSession::host_key(std::move(login), kPatience);
  if (!key) {
    std::cerr << key.error().error.what << '\n';
    co_return kExitLab;
  }
  std::cout << fmt::format("host key       {}\nfingerprint    {}\n", *key, key_fingerprint(*key));
  if (machine.host_key.empty()) {
    std::cerr
        << "The key is taken for the machine's for this probe; compare the fingerprint with "
           "`ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub` there, then write it to host_key.\n";
    machine.host_key = *key;
  }
  login = machine.login;
  std::vector<std::string> known{machine.host_key};
  auto opened = co_await SshSession::open(std::move(login), std::move(known), kPatience);
  if (!opened) {
    std::cerr << opened.error().error.what << '\n';
    co_return kExitLab;
  }
  const auto report = co_await ask_machine(*opened->session, machine.sudo);
  if (!report) {
    std::cerr << report.error().what << '\n';
    co_return kExitLab;
  }
  show_report(*report);
  const auto found = obstacles(*report, machine.boot_command.empty());
  for (const std::string& obstacle : found) std::cerr << "in the way: " << obstacle << '\n';
  co_return found.empty() ? kExitPass : kExitLab;
}

int run_probe(const ProbeFlags& flags) {
  auto machine = machine_of(flags);
  if (!machine) {
    std::cerr << machine.error().what << '\n';
    return kExitUsage;
  }
  asio::io_context io;
  return run_until_interrupted(io, probe(std::move(*machine))).value_or(kExitInterrupted);
}

}  // namespace

void add_target_command(CLI::App& root, CommandContext& context) {
  CLI::App* target = root.add_subcommand("target", "Machines that are reached over SSH");
  target->require_subcommand(1);
  const auto flags = std::make_shared<ProbeFlags>();
  CLI::App* command = target->add_subcommand(
      "probe", "Its host key, what it can do, and what stands in the way; changes nothing there");
  command
      ->add_option("TARGET", flags->target, "ssh://USER@HOST[:PORT], or a name with --targets-file")
      ->required();
  command->add_option("--key", flags->key_file, "Private key; default: the SSH agent's");
  command->add_option("--host-key", flags->host_key, "\"TYPE BASE64\": refuse every other one");
  command->add_option("--targets-file", flags->targets_file, "Where names are looked for");
  command->add_flag("--sudo", flags->sudo, "Become root by sudo -n");
  command->callback([flags, &context] { context.exit_code = run_probe(*flags); });
}

}  // namespace luolab
