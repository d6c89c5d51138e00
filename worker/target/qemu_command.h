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
  /// A datagram socket that carries the frames of the guest's network device; QEMU inherits it.
  /// -1: the guest has no network device. Borrowed until the machine has started.
  int network = -1;
  bool survive_reset = false;  ///< a reset starts the machine again instead of ending it
};

/// Descriptor numbers in QEMU at which its three sockets stand.
struct QemuSockets {
  static constexpr int kConsole = 3;
  static constexpr int kAgent = 4;
  static constexpr int kMonitor = 5;
  static constexpr int kNetwork = 6;
};

/// QEMU's arguments. Pure. Direct kernel boot with the qboot firmware; no default devices; console
/// on the first serial port, copied by QEMU itself to `spec.console_file`; the agent on a virtio
/// port named as core/wire/agent_wire.h says.
std::vector<std::string> qemu_arguments(const QemuOptions& options, const BootSpec& spec);

}  // namespace luolab
