// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

#include "core/base/error.h"
#include "worker/target/ssh_machine.h"

namespace luolab {

/// Reads a file of machines that are reached over SSH (docs/real-machines.md). Fault::scenario with
/// everything that is wrong, a line each: `file:line:column: path: message`.
Result<std::vector<SshMachine>> read_targets_file(const std::filesystem::path& file);

/// The same from its text. Pure.
Result<std::vector<SshMachine>> parse_targets(std::string_view text, std::string_view file);

}  // namespace luolab
