// SPDX-License-Identifier: Apache-2.0
// Back to the system that the machine was found in.
#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "worker/target/left_mark.h"
#include "worker/target/remote_command.h"
#include "worker/target/ssh_key.h"
#include "worker/target/ssh_life.h"

namespace luolab {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kFirstContact{30};
constexpr std::chrono::seconds kResetTime{10};  // for sending a machine home

}  // namespace

/// The first contact. A machine that an attempt of this lab left in another kernel, because its
/// worker died, is brought home first: by power, or else by its own kernel, which hears nobody.
Task<Result<void>> SshTarget::Life::reach_home() {
  const bool left_behind = !options.away_file.empty() && fs::exists(options.away_file);
  const auto opened = co_await home.open(left_behind ? kSshConnect : kFirstContact);
  if (opened) co_return Result<void>();
  if (!left_behind || opened.error().trouble == SshTrouble::login_refused)
    co_return opened.error().error;
  if (!options.may()) co_return lab_error("the machine is another attempt's now");
  options.tell("the machine was left away from home by an earlier attempt; bringing it home");
  const auto ours_there = co_await runs_what_we_left();
  if (!ours_there) co_return ours_there.error();
  if (*ours_there && power.can_cycle()) {
    const auto cycled = co_await power.cycle();
    if (!cycled) co_return cycled.error();
  }
  const auto back = co_await await_home();
  if (!back) co_return in_context("offline since an earlier attempt", back.error());
  co_return Result<void>();
}

/// Whether the kernel that answers there is that of the attempt which left the machine, by its host
/// key. Fault::lab where it is somebody else's: nobody's test but our own is ended. False also
/// where nobody answers: then only time tells.
Task<Result<bool>> SshTarget::Life::runs_what_we_left() {
  SshLogin login = machine.login;
  const auto shown = co_await SshSession::host_key(std::move(login), kSshConnect);
  if (!shown || *shown == plain_key(machine.host_key)) co_return false;
  const auto left = read_left_mark(options.away_file);
  if (*shown == left.host_key) co_return true;
  co_return lab_error(fmt::format("{}: another lab's kernel runs there (host key {})", machine.name,
                                  key_fingerprint(*shown)));
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
        co_await home.open(std::min<std::chrono::nanoseconds>(kSshConnect, end - Clock::now()));
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
    pause.expires_after(kSshPause);
    co_await pause.async_wait(asio::use_awaitable);
  }
  co_return lab_error(fmt::format("{} is not back in its home kernel after {} s: {}", machine.name,
                                  machine.home_limit.count(), last.what));
}

}  // namespace luolab
