// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "worker/kernel/cache_folder.h"
#include "worker/run/attempt_setup.h"
#include "worker/run/transcript.h"
#include "worker/target/guest_memory.h"
#include "worker/target/qemu_command.h"

namespace luolab {

/// A machine saved at a point, from which any number of machines go on. Owns its memory and files;
/// a machine that runs needs neither any more.
struct MachineTemplate {
  StartPoint point = StartPoint::booted;
  GuestMemory memory;
  std::unique_ptr<WorkArea> folder;   ///< state, console and initramfs
  Transcript transcript;              ///< up to the point
  AttemptSecrets secrets;             ///< as far as they were told: what came after is fresh
  ExpectedContents contents;          ///< by these secrets
  std::vector<std::string> shape;     ///< machine_shape of the machine
  std::vector<std::string> incoming;  ///< builds whose kernels are in the initramfs

  std::filesystem::path state() const { return folder->path() / "state"; }
  std::filesystem::path console() const { return folder->path() / "console.log"; }
  std::filesystem::path initramfs() const { return folder->path() / "initramfs"; }
};

/// All that a machine's saved state depends on, as QEMU's arguments: a machine of another shape
/// can't take it over.
std::vector<std::string> machine_shape(QemuOptions options, BootSpec boot);

}  // namespace luolab
