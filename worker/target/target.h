// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>

#include "core/async/task.h"
#include "core/base/error.h"

namespace luolab {

/// What a machine is started with.
struct BootSpec {
  std::string name;             ///< for people: the job's title
  std::filesystem::path image;  ///< bzImage
  std::filesystem::path initrd;
  std::string cmdline;
  std::uint64_t memory_bytes = 0;
  std::uint32_t cpus = 1;
  std::filesystem::path disk;          ///< a raw image that becomes /dev/vda; empty: none
  std::filesystem::path console_file;  ///< every console byte is kept here, after what it holds
};

/// What a machine did, in the order in which the worker learnt it.
struct TargetEvent {
  enum class Kind {
    agent_line,    ///< one line of the agent's protocol, without newline
    console_line,  ///< one line of the console, without line end
    reset,         ///< the machine was reset but runs on; `text` says by whom
    link_lost,     ///< the agent is not reached any more, though no kexec was due; `text` says how
    agent_ended,   ///< the machine is reached, but its agent has ended; `text` says how
    gone,          ///< the machine is off; nothing follows
  };
  /// Who ended or reset the machine, as far as its keeper knows.
  enum class By { nobody, guest, host };

  Kind kind = Kind::gone;
  By by = By::nobody;
  std::string text;
  std::uint64_t console_offset = 0;  ///< console_line: of its first byte in the console file
  std::chrono::steady_clock::time_point at;  ///< arrival on the worker
};

/// One machine whose kernel is replaced.
/// Owns the machine: the destructor switches it off and waits until it is reaped.
/// One operation at a time besides `next_event`, from the worker's thread.
class Target {
 public:
  virtual ~Target() = default;

  /// Switches the machine on. Returns when it runs, long before the kernel does.
  /// Fault::lab where it can't be started.
  virtual Task<Result<void>> start(const BootSpec& spec) = 0;

  /// Waits for what happens next. After `gone` it must not be called again.
  /// Cancelling loses no event.
  virtual Task<TargetEvent> next_event() = 0;

  /// Sends one line to the agent; the newline is added. Fault::lab where the link is down.
  virtual Task<Result<void>> send(std::string line) = 0;

  /// Whether the machine's keeper (QEMU's monitor, a power switch) still answers and says that it
  /// runs. One that does not is the lab's fault, whatever the kernel does.
  virtual Task<bool> responds() = 0;

  /// Takes away the machine's power, as a scenario may ask; what came of it shows up as an event.
  virtual Task<Result<void>> cut_power() = 0;

  /// The keeper, for messages: "QEMU".
  virtual std::string keeper() const = 0;

  /// How long the machine has stood still since it was switched on because the worker's own
  /// processors were busy with something else. 0 where that can't be known.
  virtual std::chrono::nanoseconds waited_for_cpu() const { return {}; }

  /// "tcg", "kvm": what runs the guest's instructions, for the report.
  virtual std::string accel() const = 0;
};

}  // namespace luolab
