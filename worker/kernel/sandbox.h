// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/async/process.h"

namespace luolab {

struct Mount {
  std::filesystem::path from;
  std::string to;
  bool writable = false;
};

/// Something untrusted to run: a kernel's build, or patch(1) on a patch from outside.
struct SandboxSpec {
  std::vector<Mount> mounts;  ///< in this order, so a later one may lie in an earlier one
  std::vector<std::string> environment;  ///< NAME=VALUE; nothing else is seen inside
  std::string working_directory = "/";
  std::vector<std::string> command;
  std::uint64_t memory_bytes = std::uint64_t{16} << 30;  ///< address space of each process
  std::uint64_t file_bytes = std::uint64_t{8} << 30;     ///< largest file
  std::uint32_t processes = 4096;
};

/// The command that runs it in bubblewrap (bwrap(1)): own user, mount, pid, network, ipc and uts
/// namespaces, so no network and no sight of other processes; the tool chain below /usr read-only;
/// of the rest only the mounts. Dies with its owner. Works as root and as an ordinary user where
/// unprivileged user namespaces are allowed.
ProcessSpec sandboxed(const SandboxSpec& spec);

}  // namespace luolab
