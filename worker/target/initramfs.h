// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/base/error.h"

namespace luolab {

/// One entry of an initramfs. The kernel wants parents before children
/// (Documentation/driver-api/early-userspace/buffer-format.rst).
struct InitramfsEntry {
  enum class Kind { folder, file, character_device };
  Kind kind = Kind::file;
  std::string path;  ///< without leading slash: "dev/console"
  std::uint32_t mode = 0644;
  std::string bytes;        ///< file
  std::uint32_t major = 0;  ///< character_device
  std::uint32_t minor = 0;
};

/// A cpio archive in the "newc" format, uncompressed: unpacking costs the guest one copy. Needs no
/// privilege, also for devices. All times are 0, so equal entries give equal bytes.
std::string pack_initramfs(const std::vector<InitramfsEntry>& entries);

/// An initramfs that starts the agent: /init, /dev/console and empty mount points.
/// Fault::lab where the agent can't be read; the message says how to build it.
Result<std::string> agent_initramfs(const std::filesystem::path& agent);

/// A file that the agent finds in /luolab by its name; the archive is appended to another one.
std::string pack_agent_file(const std::string& name, std::string bytes);

}  // namespace luolab
