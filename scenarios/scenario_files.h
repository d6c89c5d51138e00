// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <vector>

namespace luolab {

/// Every *.yaml below a folder, sorted; none where it is no folder.
std::vector<std::filesystem::path> scenario_files_below(const std::filesystem::path& folder);

}  // namespace luolab
