// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/async/task.h"
#include "core/protocol/lease.h"
#include "worker/target/ssh_machine.h"

namespace luolab {

struct MachineHealthParts {
  const std::vector<SshMachine>& machines;  ///< borrowed
  std::filesystem::path cache;
  std::filesystem::path agent;
  /// A machine went offline or came back; its reason then is empty. May be empty.
  std::function<void(const std::string& machine, const std::string& reason)> changed;
  std::chrono::nanoseconds while_well = std::chrono::seconds{60};     ///< between two checks
  std::chrono::nanoseconds while_offline = std::chrono::seconds{15};  ///< the same
};

/// Which of a worker's machines can be used: each is asked now and then while no attempt has it.
/// One that does not answer, runs another kernel than its home kernel, or is another lab's is
/// offline until it passes. One that an attempt left away from home is brought home, by power where
/// there is power. One thread.
class MachineHealth {
 public:
  explicit MachineHealth(MachineHealthParts parts) : parts_(std::move(parts)) {}

  /// Until it is cancelled.
  Task<void> watch();
  /// Takes what an attempt found out: it was not brought home, with the reason.
  void left_away(const std::string& machine, std::string reason);
  std::vector<OfflineTarget> offline() const;

 private:
  Task<void> watch_one(const SshMachine& machine);
  Task<void> check(const SshMachine& machine);
  void set(const std::string& machine, std::string reason);

  MachineHealthParts parts_;
  std::map<std::string, std::string> offline_;  ///< why
};

}  // namespace luolab
