// SPDX-License-Identifier: Apache-2.0
#include "worker/run/machine_health.h"

#include "core/async/task_group.h"
#include "core/base/file.h"
#include "worker/run/machine_use.h"
#include "worker/target/left_mark.h"
#include "worker/target/ssh_target.h"

namespace luolab {
namespace {

constexpr std::chrono::seconds kHold{600};  // of the lock on the machine

}  // namespace

Task<void> MachineHealth::watch() {
  std::filesystem::create_directories(parts_.cache / "locks");
  TaskGroup group(co_await asio::this_coro::executor);
  for (const SshMachine& machine : parts_.machines) group.spawn(watch_one(machine));
  co_await group.join();
}

Task<void> MachineHealth::watch_one(const SshMachine& machine) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  for (;;) {
    co_await check(machine);
    timer.expires_after(offline_.contains(machine.name) ? parts_.while_offline : parts_.while_well);
    co_await timer.async_wait(asio::use_awaitable);
  }
}

Task<void> MachineHealth::check(const SshMachine& machine) {
  const FileLock lock = FileLock::attempt(machine_lock_file(parts_.cache, machine));
  if (!lock.held()) co_return;  // an attempt has it, and looks itself
  SshTargetOptions options;
  options.machine = machine;
  options.away_file = away_file(parts_.cache, machine);
  options.self = lock_owner(parts_.cache, read_left_mark(options.away_file).token);
  options.hold = kHold;
  options.agent = parts_.agent;
  SshTarget target(co_await asio::this_coro::executor, std::move(options));
  const auto found = co_await target.prepare();
  const auto left = co_await target.bring_home();
  if (found && left) {
    set(machine.name, {});
  } else {
    set(machine.name, found ? left.error().what : found.error().what);
  }
}

void MachineHealth::left_away(const std::string& machine, std::string reason) {
  set(machine, std::move(reason));
}

void MachineHealth::set(const std::string& machine, std::string reason) {
  const auto known = offline_.find(machine);
  if ((known == offline_.end() ? "" : known->second) == reason) return;
  if (reason.empty()) {
    offline_.erase(machine);
  } else {
    offline_[machine] = reason;
  }
  if (parts_.changed) parts_.changed(machine, reason);
}

std::vector<OfflineTarget> MachineHealth::offline() const {
  std::vector<OfflineTarget> list;
  for (const auto& [name, reason] : offline_) list.push_back({name, reason});
  return list;
}

}  // namespace luolab
