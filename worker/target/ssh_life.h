// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <fstream>
#include <memory>
#include <optional>
#include <string>

#include "core/async/task_group.h"
#include "worker/target/agent_link.h"
#include "worker/target/event_queue.h"
#include "worker/target/home_system.h"
#include "worker/target/power.h"
#include "worker/target/serial_console.h"
#include "worker/target/ssh_target.h"

namespace luolab {

// What SshTarget is made of; only for its own files: ssh_passage.cpp goes into the kernel under
// test and through every kexec, ssh_way_home.cpp comes back.

inline constexpr std::chrono::seconds kSshConnect{20};  ///< from knocking to login
inline constexpr std::chrono::seconds kSshCommand{20};
inline constexpr std::chrono::milliseconds kSshPause{200};  ///< between two tries

/// What came after a kexec: one of these.
struct SshArrival {
  std::unique_ptr<AgentLink> link;    ///< an agent in another boot
  bool at_home = false;               ///< the home system answers
  std::optional<std::string> stayed;  ///< a line on the old link: the kernel refused to go
};

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
  Task<Result<bool>> runs_what_we_left();
  Task<SshResult<std::unique_ptr<SshSession>>> open_system();
  /// What the agent needs, in the machine's folder of the system behind `session`.
  Task<Result<void>> bring_files(SshSession& session);
  Task<Result<void>> first_boot(std::string cmdline);
  Task<SshArrival> arrive();
  Task<SshArrival> stay_or_arrive();
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
  std::unique_ptr<AgentLink> link;
  std::string last_boot_id;
  bool locked = false;
  bool left_home = false;
  bool leaving = false;  ///< the agent said that it goes
  std::optional<SerialConsole> console;
  std::ofstream console_file;
  std::uint64_t console_size = 0;
};

}  // namespace luolab
