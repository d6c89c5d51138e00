// SPDX-License-Identifier: Apache-2.0
#include "worker/target/ssh_target.h"

#include <filesystem>

#include <fmt/format.h>

#include "core/wire/agent_wire.h"
#include "worker/target/left_mark.h"
#include "worker/target/ssh_life.h"

namespace luolab {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds kFirstContact{30};
constexpr int kUnheardSeconds = 120;  // then a kernel under test goes home by itself

}  // namespace

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
  const auto brought = co_await life.bring_files(life.home.session());
  if (!brought) co_return brought.error();
  if (!life.options.away_file.empty()) {
    const std::string shown = life.ours() ? life.options.server_key.public_text : std::string();
    write_left_mark(life.options.away_file, {life.options.self.token, shown});
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
