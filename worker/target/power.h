// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include "core/async/task.h"
#include "core/base/error.h"
#include "worker/target/ssh_machine.h"

namespace luolab {

/// What is known about a machine's power.
enum class PowerState { unknown, on, off };

/// A machine's power switch: its owner's commands, run by `sh -c` here, each with a limit.
/// `may`: asked before every command; false where the machine is not ours any more, and nothing is
/// run. One thread.
class Power {
 public:
  Power(PowerCommands commands, std::function<bool()> may)
      : commands_(std::move(commands)), may_(std::move(may)) {}

  bool can_cycle() const;
  bool tells() const { return !commands_.status.empty(); }
  /// unknown: there is no such command, or it failed.
  Task<PowerState> state();
  /// Off and on again. Fault::lab with what the command said.
  Task<Result<void>> cycle();
  Task<Result<void>> off();

 private:
  Task<Result<std::string>> run(std::string command);
  PowerCommands commands_;
  std::function<bool()> may_;
};

}  // namespace luolab
