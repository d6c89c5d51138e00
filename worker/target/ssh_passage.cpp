// SPDX-License-Identifier: Apache-2.0
// Into the kernel under test, and through every kexec.
#include <boost/json.hpp>
#include <fmt/format.h>

#include "core/base/shell_word.h"
#include "core/wire/agent_wire.h"
#include "worker/target/remote_command.h"
#include "worker/target/ssh_life.h"

namespace luolab {
namespace {

namespace json = boost::json;

TargetEvent event_now(TargetEvent::Kind kind, std::string text, std::uint64_t offset = 0) {
  return {kind, TargetEvent::By::nobody, std::move(text), offset, std::chrono::steady_clock::now()};
}

/// Lets an agent that is about to go do so.
std::string go_line() { return json::serialize(json::object{{"op", wire::op::kGo}}); }

}  // namespace

std::string SshTarget::Life::agent_command(std::string_view words) const {
  if (ours() && left_home) return fmt::format("luolab-agent {}", words);
  return fmt::format("{}{}/agent {} --files {}", machine.sudo ? "sudo -n " : "", kMachineFolder,
                     words, kMachineFolder);
}

Task<void> SshTarget::Life::take_console(std::string line) {
  if (!left_home) co_return;  // what the home kernel says is no evidence
  const std::uint64_t offset = console_size;
  console_file << line << '\n' << std::flush;
  console_size += line.size() + 1;
  TargetEvent event = event_now(TargetEvent::Kind::console_line, std::move(line), offset);
  co_await events.push(std::move(event));
}

Task<Result<void>> SshTarget::Life::bring_files(SshSession& session) {
  const auto uploaded = co_await upload_files(session, files, options.tell);
  if (!uploaded) co_return in_context(machine.name, uploaded.error());
  if (ours()) co_return Result<void>();
  std::string name = machine.name;
  std::string copy = as_root(
      machine.sudo,
      fmt::format("cp {} {}/initrd", shell_word(machine.initrd.string()), kMachineFolder));
  const auto copied = co_await run_command(session, std::move(name), std::move(copy));
  if (!copied) co_return copied.error();
  co_return Result<void>();
}

Task<Result<void>> SshTarget::Life::first_boot(std::string cmdline) {
  if (!machine.boot_command.empty()) {
    std::string command = fmt::format(
        "LUOLAB_KERNEL={0}/kernel LUOLAB_INITRD={0}/initrd LUOLAB_CMDLINE={1}\n"
        "export LUOLAB_KERNEL LUOLAB_INITRD LUOLAB_CMDLINE\n{2}",
        kMachineFolder, shell_word(cmdline), machine.boot_command);
    std::string shell = as_root(machine.sudo, "sh -s");
    left_home = leaving = true;
    const auto ended =
        co_await home.session().run(std::move(shell), std::move(command), kSshCommand);
    if (ended && ended->exit_code != 0) {
      left_home = false;
      co_return lab_error(fmt::format("{}: boot_command ended with {}: {}", machine.name,
                                      ended->exit_code, ended->errors));
    }
    home.close();
    co_return Result<void>();
  }
  SshLogin login = machine.login;
  std::vector<std::string> known{machine.host_key};
  auto opened = co_await SshSession::open(std::move(login), std::move(known), kSshConnect);
  if (!opened) co_return opened.error().error;
  std::string command = agent_command("--stdio --wait-for-go");
  auto started = co_await AgentLink::start(std::move(opened->session), std::move(command));
  if (!started) co_return in_context(machine.name, started.error().error);
  link = std::move(*started);
  co_await link->next_line();  // the hello
  json::object request{{"id", 1},
                       {"op", wire::op::kKexecLoad},
                       {"kernel", "kernel"},
                       {"initrd", "initrd"},
                       {"cmdline", cmdline}};
  const auto loaded = co_await link->ask(std::move(request));
  if (!loaded)
    co_return in_context(machine.name + ": loading the kernel under test", loaded.error());
  request = {{"id", 2}, {"op", wire::op::kKexec}};
  const auto going = co_await link->ask(std::move(request));
  if (!going) co_return in_context(machine.name + ": kexec", going.error());
  if (ours()) {  // the kernel has all it needs
    const auto cleaned = co_await home.clean();
    if (!cleaned) co_return cleaned.error();
  }
  left_home = leaving = true;
  std::string go = go_line();
  co_await link->send(std::move(go));
  home.close();
  co_return Result<void>();
}

/// The system that the kernel under test runs, if it is that.
Task<SshResult<std::unique_ptr<SshSession>>> SshTarget::Life::open_system() {
  SshLogin login = machine.login;
  std::vector<std::string> known{machine.host_key};
  if (ours()) {
    login.user = "root";
    login.key_file.clear();
    login.key_text = options.client_key.private_text;
    known = {options.server_key.public_text};
  }
  auto opened = co_await SshSession::open(std::move(login), std::move(known), kSshConnect);
  if (!opened) co_return opened.error();
  co_return std::move(opened->session);
}

/// Tries until the agent of another boot has said hello, or the home system answers. What the
/// console can't tell is read from the kernel's log, before the agent starts.
Task<SshArrival> SshTarget::Life::arrive() {
  asio::steady_timer pause(executor);
  for (;; pause.expires_after(kSshPause), co_await pause.async_wait(asio::use_awaitable)) {
    auto session = co_await open_system();
    if (!session) {
      if (session.error().trouble != SshTrouble::other_key) continue;
      const auto at_home = co_await home.open(kSshConnect);
      if (at_home) co_return SshArrival{.at_home = true};
      continue;
    }
    if (!ours()) {  // its folder may not outlive a kernel
      const auto brought = co_await bring_files(**session);
      if (!brought) {
        options.tell(brought.error().what + "; trying again");
        continue;
      }
    }
    std::string log;
    if (machine.console.empty()) {
      std::string command = agent_command("--kernel-log");
      auto read = co_await (*session)->run(std::move(command), kSshCommand);
      if (!read) continue;
      log = std::move(read->output);
    }
    std::string command = agent_command("--stdio --wait-for-go");
    auto started = co_await AgentLink::start(std::move(*session), std::move(command));
    if (!started || (*started)->boot_id().empty() || (*started)->boot_id() == last_boot_id)
      continue;
    for (std::size_t start = 0, end; (end = log.find('\n', start)) != log.npos; start = end + 1) {
      std::string line = log.substr(start, end - start);
      co_await take_console(std::move(line));
    }
    SshArrival arrival;
    arrival.link = std::move(*started);
    co_return arrival;
  }
}

/// `arrive`, while the old kernel may still say that it refuses to go.
Task<SshArrival> SshTarget::Life::stay_or_arrive() {
  using namespace asio::experimental::awaitable_operators;
  if (!link) co_return co_await arrive();
  const auto listen = [this]() -> Task<std::string> {
    auto line = co_await link->next_line();
    if (line) co_return std::move(*line);
    link.reset();
    asio::steady_timer never(executor, asio::steady_timer::time_point::max());
    co_await never.async_wait(asio::use_awaitable);
    co_return std::string();
  };
  // Settled, since || goes on waiting for the other side where one side throws.
  Task<detail::Settled<SshArrival>> arriving = detail::settle(arrive());
  Task<std::string> listening = listen();
  auto first = co_await (std::move(arriving) || std::move(listening));
  SshArrival stayed;
  if (first.index() != 0) {
    stayed.stayed = std::move(std::get<1>(first));
    co_return stayed;
  }
  auto& arrived = std::get<0>(first);
  if (arrived.failure) std::rethrow_exception(arrived.failure);
  co_return std::move(*arrived.value);
}

/// The link has ended though nobody was to go.
Task<void> SshTarget::Life::report_end() {
  const SshOutput ended = co_await link->ended();
  const std::string said = ended.errors.substr(0, 500);
  TargetEvent event = event_now(TargetEvent::Kind::link_lost, "the SSH connection ended");
  if (ended.exit_code >= 0) {
    event.kind = TargetEvent::Kind::agent_ended;
    event.text =
        fmt::format("the agent ended with {}{}{}", ended.exit_code, said.empty() ? "" : ": ", said);
  }
  co_await events.push(std::move(event));
}

Task<void> SshTarget::Life::stay_connected() {
  for (;;) {
    if (leaving) {
      SshArrival arrival = co_await stay_or_arrive();
      leaving = false;
      if (arrival.at_home) {
        TargetEvent event = event_now(
            TargetEvent::Kind::reset,
            fmt::format("the machine came up in its home system ({}) by itself", report.release));
        co_await events.push(std::move(event));
        co_return;
      }
      if (arrival.stayed) {
        TargetEvent event = event_now(TargetEvent::Kind::agent_line, std::move(*arrival.stayed));
        co_await events.push(std::move(event));
      } else {
        link = std::move(arrival.link);
        last_boot_id = link->boot_id();
      }
    }
    auto line = co_await link->next_line();
    if (!line) {
      co_await report_end();
      co_return;
    }
    const bool going = is_going(*line);
    TargetEvent event = event_now(TargetEvent::Kind::agent_line, std::move(*line));
    co_await events.push(std::move(event));
    if (!going) continue;
    leaving = true;
    std::string go = go_line();
    co_await link->send(std::move(go));
  }
}

}  // namespace luolab
