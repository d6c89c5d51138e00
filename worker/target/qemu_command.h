// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "worker/target/target.h"

namespace luolab {

/// Guest memory as a file, so that a machine can be saved at a point and forked from there.
struct MemoryFile {
  std::filesystem::path path;  ///< as large as the guest's memory, sparse
  bool shared = true;          ///< false: copy on write, for a fork
};

/// How one QEMU is run, apart from what boots in it.
struct QemuOptions {
  std::string program = "qemu-system-x86_64";
  std::string accel = "tcg";              ///< "tcg" or "kvm", from probe_accel
  std::optional<MemoryFile> memory_file;  ///< empty: anonymous memory
  bool await_state = false;               ///< start paused and wait for a saved state (a fork)
  bool survive_reset = false;             ///< a reset starts the machine again instead of ending it
};

/// Descriptor numbers in QEMU at which its three sockets stand.
struct QemuSockets {
  static constexpr int kConsole = 3;
  static constexpr int kAgent = 4;
  static constexpr int kMonitor = 5;
};

/// QEMU's arguments. Pure. Direct kernel boot with the qboot firmware; no default devices; console
/// on the first serial port, copied by QEMU itself to `spec.console_file`; the agent on a virtio
/// port named as core/wire/agent_wire.h says.
std::vector<std::string> qemu_arguments(const QemuOptions& options, const BootSpec& spec);

}  // namespace luolab
