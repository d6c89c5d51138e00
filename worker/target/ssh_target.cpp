// SPDX-License-Identifier: Apache-2.0
#include "worker/target/ssh_target.h"

#include <algorithm>
#include <fstream>
#include <optional>

#include <boost/asio/multiple_exceptions.hpp>
#include <boost/json.hpp>
#include <fmt/format.h>

#include "core/async/task_group.h"
#include "core/base/file.h"
#include "core/base/shell_word.h"
#include "core/wire/agent_wire.h"
#include "worker/target/agent_link.h"
#include "worker/target/event_queue.h"
#include "worker/target/home_system.h"
#include "worker/target/power.h"
#include "worker/target/remote_command.h"
#include "worker/target/serial_console.h"

namespace luolab {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using Clock = std::chrono::steady_clock;
using std::chrono::seconds;

constexpr seconds kConnect{20};  // one connection, from knocking to login
constexpr seconds kFirstContact{30};
constexpr seconds kShortCommand{20};
constexpr seconds kResetTime{10};  // for sending a machine home
constexpr std::chrono::milliseconds kPause{200};
constexpr int kUnheardSeconds = 120;  // then a kernel under test goes home by itself

TargetEvent event_now(TargetEvent::Kind kind, std::string text, std::uint64_t offset = 0) {
  return {kind, TargetEvent::By::nobody, std::move(text), offset, Clock::now()};
}

using NewLink = std::unique_ptr<AgentLink>;

/// Lets an agent that is about to go do so.
std::string go_line() { return json::serialize(json::object{{"op", wire::op::kGo}}); }

/// What came after a kexec: one of these.
struct Arrival {
  NewLink link;                       ///< an agent in another boot
  bool at_home = false;               ///< the home system answers
  std::optional<std::string> stayed;  ///< a line on the old link: the kernel refused to go
};

}  // namespace

/// Everything about the machine. Shared with the coroutine that stays connected.
struct SshTarget::Life {
  Life(asio::any_io_executor where, SshTargetOptions given)
      : executor(where),
        options(std::move(given)),
        machine(options.machine),
        home(machine),
        power(machine.power, options.may),
        events(where),
        tasks(where) {}

  bool ours() const { return machine.root == RootSystem::ours; }
  Task<Result<void>> reach_home();
  Task<SshResult<std::unique_ptr<SshSession>>> open_system();
  Task<Result<void>> first_boot(std::string cmdline);
  Task<Arrival> arrive();
  Task<Arrival> stay_or_arrive();
  Task<void> stay_connected();
  Task<void> report_end();
  Task<void> take_console(std::string line);
  Task<Result<void>> leave_system();
  Task<Result<void>> await_home();
  Task<void> stop();
  std::string agent_command(std::string_view words) const;

  asio::any_io_executor executor;
  SshTargetOptions options;
  SshMachine machine;
  HomeSystem home;
  Power power;
  EventQueue events;
  TaskGroup tasks;
  MachineReport report;
  MachineFiles files;  ///< to be in the machine's folder
  NewLink link;
  std::string last_boot_id;
  bool locked = false;
  bool left_home = false;
  bool leaving = false;  ///< the agent said that it goes
  std::optional<SerialConsole> console;
  std::ofstream console_file;
  std::uint64_t console_size = 0;
};

std::string SshTarget::Life::agent_command(std::string_view words) const {
  if (ours() && left_home) return fmt::format("luolab-agent {}", words);
  return fmt::format("{}{}/agent {} --files {}", machine.sudo ? "sudo -n " : "", kMachineFolder,
                     words, kMachineFolder);
}

/// The first contact. A machine that an attempt of this lab left in another kernel, because its
/// worker died, is brought home first: by power, or else by its own kernel, which hears nobody.
Task<Result<void>> SshTarget::Life::reach_home() {
  const bool left_behind = !options.away_file.empty() && fs::exists(options.away_file);
  const auto opened = co_await home.open(left_behind ? kConnect : kFirstContact);
  if (opened) co_return Result<void>();
  if (!left_behind || opened.error().trouble == SshTrouble::login_refused)
    co_return opened.error().error;
  options.tell("the machine was left away from home by an earlier attempt; bringing it home");
  if (power.can_cycle()) {
    const auto cycled = co_await power.cycle();
    if (!cycled) co_return cycled.error();
  }
  const auto back = co_await await_home();
  if (!back) co_return in_context("offline since an earlier attempt", back.error());
  co_return Result<void>();
}

Task<void> SshTarget::Life::take_console(std::string line) {
  if (!left_home) co_return;  // what the home kernel says is no evidence
  const std::uint64_t offset = console_size;
  console_file << line << '\n' << std::flush;
  console_size += line.size() + 1;
  TargetEvent event = event_now(TargetEvent::Kind::console_line, std::move(line), offset);
  co_await events.push(std::move(event));
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
        co_await home.session().run(std::move(shell), std::move(command), kShortCommand);
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
  auto opened = co_await SshSession::open(std::move(login), std::move(known), kConnect);
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
  auto opened = co_await SshSession::open(std::move(login), std::move(known), kConnect);
  if (!opened) co_return opened.error();
  co_return std::move(opened->session);
}

/// Tries until the agent of another boot has said hello, or the home system answers. What the
/// console can't tell is read from the kernel's log, before the agent starts.
Task<Arrival> SshTarget::Life::arrive() {
  asio::steady_timer pause(executor);
  for (;; pause.expires_after(kPause), co_await pause.async_wait(asio::use_awaitable)) {
    auto session = co_await open_system();
    if (!session) {
      if (session.error().trouble != SshTrouble::other_key) continue;
      const auto at_home = co_await home.open(kConnect);
      if (at_home) co_return Arrival{.at_home = true};
      continue;
    }
    if (!ours()) {
      const auto brought = co_await upload_files(**session, files, options.tell);
      if (!brought) continue;
    }
    std::string log;
    if (machine.console.empty()) {
      std::string command = agent_command("--kernel-log");
      auto read = co_await (*session)->run(std::move(command), kShortCommand);
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
    Arrival arrival;
    arrival.link = std::move(*started);
    co_return arrival;
  }
}

/// `arrive`, while the old kernel may still say that it refuses to go.
Task<Arrival> SshTarget::Life::stay_or_arrive() {
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
  Arrival arrival;
  try {
    Task<Arrival> arriving = arrive();
    Task<std::string> listening = listen();
    auto first = co_await (std::move(arriving) || std::move(listening));
    if (first.index() == 0) co_return std::move(std::get<0>(first));
    arrival.stayed = std::move(std::get<1>(first));
  } catch (const asio::multiple_exceptions& both) {  // cancelled
    std::rethrow_exception(both.first_exception());
  }
  co_return arrival;
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
      Arrival arrival = co_await stay_or_arrive();
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

Task<void> SshTarget::Life::stop() {
  tasks.cancel();
  try {
    co_await tasks.join();
  } catch (const boost::system::system_error&) {  // cancelled, as it was asked to
  }
  link.reset();
}

/// Asks the kernel under test for a reset, or else the power switch. Neither may be there: then
/// that kernel goes home by itself after a while, if it still can.
Task<Result<void>> SshTarget::Life::leave_system() {
  if (!options.may()) co_return lab_error("the machine is another attempt's now");
  Task<SshResult<std::unique_ptr<SshSession>>> opening = open_system();
  auto session = co_await within(kResetTime, std::move(opening));
  if (session && *session) {
    options.tell("sending the machine home");
    std::string command =
        ours() ? agent_command("--reset")
               : as_root(machine.sudo, "(sleep 1; reboot || reboot -f) > /dev/null 2>&1 &");
    co_await (**session)->run(std::move(command), kResetTime);  // it goes in the middle
    co_return Result<void>();
  }
  if (session && session->error().trouble == SshTrouble::other_key) co_return Result<void>();
  if (!power.can_cycle())
    co_return lab_error("it is not reached over SSH, and has no power switch");
  options.tell("power-cycling the machine");
  co_return co_await power.cycle();
}

Task<Result<void>> SshTarget::Life::await_home() {
  const auto began = Clock::now();
  const auto end = began + machine.home_limit;
  asio::steady_timer pause(executor);
  bool cycled = false;
  Error last = lab_error("it was not tried");
  while (Clock::now() < end) {
    const auto opened =
        co_await home.open(std::min<std::chrono::nanoseconds>(kConnect, end - Clock::now()));
    if (opened) {
      const auto asked = co_await home.ask();
      const std::string& wanted =
          machine.home_release.empty() ? report.release : machine.home_release;
      if (asked && (wanted.empty() || asked->release == wanted) && asked->boot_id != last_boot_id) {
        if (!asked->kexec_loaded) co_return Result<void>();
        last = lab_error("a kexec image is loaded there");
      } else {
        last = asked ? lab_error(
                           fmt::format("it runs {}, its home kernel is {}", asked->release, wanted))
                     : asked.error();
      }
    } else {
      last = opened.error().error;
    }
    if (!cycled && power.can_cycle() && Clock::now() - began > machine.home_limit / 3) {
      cycled = true;
      options.tell("power-cycling the machine, which does not come home");
      co_await power.cycle();
    }
    pause.expires_after(kPause);
    co_await pause.async_wait(asio::use_awaitable);
  }
  co_return lab_error(fmt::format("{} is not back in its home kernel after {} s: {}", machine.name,
                                  machine.home_limit.count(), last.what));
}

SshTarget::SshTarget(asio::any_io_executor executor, SshTargetOptions options)
    : life_(std::make_shared<Life>(std::move(executor), std::move(options))) {
  if (!life_->options.may) life_->options.may = [] { return true; };
  if (!life_->options.tell) life_->options.tell = [](const std::string&) {};
  life_->power = Power(life_->machine.power, life_->options.may);
}

SshTarget::~SshTarget() = default;

Task<Result<MachineReport>> SshTarget::prepare() {
  Life& life = *life_;
  const auto reached = co_await life.reach_home();
  if (!reached) co_return reached.error();
  auto report = co_await life.home.ask();
  if (!report) co_return in_context(life.machine.name, report.error());
  const auto found = obstacles(*report, life.machine.boot_command.empty());
  if (!found.empty()) co_return lab_error(life.machine.name + ": " + found.front());
  LockOwner self = life.options.self;
  const auto got = co_await life.home.lock(std::move(self), life.options.hold);
  if (!got) co_return got.error();
  life.locked = true;
  life.report = *report;
  life.last_boot_id = report->boot_id;
  if (life.machine.network.empty()) life.machine.network = report->network;
  if (life.machine.network.empty() && life.ours()) {
    co_return lab_error(life.machine.name +
                        ": the probe can't tell how its network is set up; give network: "
                        "\"MAC,ADDRESS/PREFIX,GATEWAY\"");
  }
  co_return report;
}

std::string SshTarget::cmdline_words() const {
  const SshMachine& machine = life_->machine;
  std::string words = machine.cmdline;
  if (life_->ours()) {
    words += fmt::format("{}{}{},{}", words.empty() ? "" : " ", wire::kSshWord, machine.network,
                         kUnheardSeconds);
  }
  return words;
}

void SshTarget::add_file(std::string name, fs::path file) {
  life_->files[std::move(name)] = std::move(file);
}

Task<Result<void>> SshTarget::start(const BootSpec& spec) {
  Life& life = *life_;
  life.console_file.open(spec.console_file, std::ios::app);
  if (!life.machine.console.empty()) {
    life.console.emplace(
        life.executor, life.machine.console,
        [life = life_.get()](std::string line) { return life->take_console(std::move(line)); });
  }
  life.files["agent"] = life.options.agent;
  life.files["kernel"] = spec.image;
  if (life.ours()) life.files["initrd"] = spec.initrd;
  const auto uploaded = co_await upload_files(life.home.session(), life.files, life.options.tell);
  if (!uploaded) co_return in_context(life.machine.name, uploaded.error());
  if (!life.ours()) {
    std::string copy = as_root(
        life.machine.sudo,
        fmt::format("cp {} {}/initrd", shell_word(life.machine.initrd.string()), kMachineFolder));
    const auto copied = co_await life.home.run(std::move(copy));
    if (!copied) co_return copied.error();
  }
  if (!life.options.away_file.empty()) {
    write_scratch_file(life.options.away_file, std::to_string(life.options.self.token) + "\n");
  }
  life.options.tell("first boot, by kexec from " + life.report.release);
  std::string cmdline = spec.cmdline;
  const auto gone = co_await life.first_boot(std::move(cmdline));
  if (!gone) co_return gone.error();
  life.tasks.spawn(life.stay_connected());
  co_return Result<void>();
}

Task<TargetEvent> SshTarget::next_event() { co_return co_await life_->events.pop(); }

Task<Result<void>> SshTarget::send(std::string line) {
  Life& life = *life_;
  if (!life.options.may()) {
    co_return lab_error(life.machine.name +
                        ": the lease has run out unrenewed, so the machine may be another's");
  }
  if (!life.link) co_return lab_error(life.machine.name + ": the agent is not connected");
  const bool sent = co_await life.link->send(std::move(line));
  if (!sent) co_return lab_error(life.machine.name + ": the SSH connection is down");
  co_return Result<void>();
}

Task<bool> SshTarget::responds() { co_return co_await life_->power.state() == PowerState::on; }

Task<Result<void>> SshTarget::cut_power() { co_return co_await life_->power.off(); }

std::string SshTarget::keeper() const {
  return life_->power.tells() ? "its power switch" : "no power.status is given, and the machine";
}

Task<Result<void>> SshTarget::bring_home() {
  Life& life = *life_;
  co_await life.stop();
  if (life.left_home) {
    life.home.close();
    const auto left = co_await life.leave_system();
    life.console.reset();
    if (!life.options.may()) co_return left;
    const auto back = co_await life.await_home();
    if (!back) co_return left ? back.error() : in_context(left.error().what, back.error());
  }
  life.console.reset();
  if (!life.locked) co_return Result<void>();
  if (!life.left_home) {
    // The connection may have gone with whatever went wrong.
    const auto opened = co_await life.home.open(kFirstContact);
    if (!opened) co_return opened.error().error;
  }
  const auto cleaned = co_await life.home.unload_and_clean();
  if (!cleaned) co_return cleaned.error();
  LockOwner self = life.options.self;
  const auto unlocked = co_await life.home.unlock(std::move(self));
  if (!unlocked) co_return unlocked.error();
  life.locked = false;
  life.home.close();
  if (!life.options.away_file.empty()) fs::remove(life.options.away_file);
  co_return Result<void>();
}

}  // namespace luolab
