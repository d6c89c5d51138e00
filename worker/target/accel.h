// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "core/async/task.h"
#include "core/base/error.h"

namespace luolab {

/// Which accelerator really runs guests on this machine: "kvm" where a guest of one instruction
/// ends as it should under it, else "tcg". A /dev/kvm that can be opened proves nothing: there are
/// machines on which the guest hangs in its firmware.
/// The answer is kept in `cache_folder` for this boot of the host, QEMU and user.
/// Fault::lab where QEMU can't be started at all.
Task<Result<std::string>> probe_accel(std::filesystem::path cache_folder, std::string qemu_program);

}  // namespace luolab
