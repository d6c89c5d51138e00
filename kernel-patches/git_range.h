// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "core/base/error.h"

namespace luolab {

/// What `git format-patch --stdout` writes for `range` of the repository at `folder`: an mbox.
/// Blocks while git runs. Fault::scenario with git's own words where the folder or the range is
/// wrong or the output is over `limit_bytes`; Fault::lab where there is no git.
Result<std::string> format_patches(const std::filesystem::path& folder, const std::string& range,
                                   std::uint64_t limit_bytes);

}  // namespace luolab
