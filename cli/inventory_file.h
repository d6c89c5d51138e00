// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

#include "worker/fleet/fleet_worker.h"

namespace luolab {

/// Reads an inventory: the machines of a fleet (docs/operations.md). `base` has what neither a
/// machine nor the file's defaults say. Fault::scenario with everything that is wrong, a line each:
/// `file:line:column: path: message`.
Result<std::vector<FleetMachine>> read_inventory(const std::filesystem::path& file,
                                                 const FleetMachine& base);

/// The same from its text. Pure.
Result<std::vector<FleetMachine>> parse_inventory(std::string_view text, std::string_view file,
                                                  const FleetMachine& base);

}  // namespace luolab
