// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "controller/gate/gate_order.h"
#include "core/base/error.h"

namespace luolab {

/// A suite by its name or its place.
struct SuiteText {
  std::string name;  ///< "quick"
  std::vector<ScenarioDocument> documents;
};

/// Reads what `--suite` names: a suite that ships (`data`/scenarios/gate/NAME.suite), a suite file,
/// a scenario file or a folder of them. A suite file has a path a line, relative to itself, of a
/// scenario or a folder; # begins a comment. Files are named from `data` on where they lie there.
/// Fault::scenario where something can't be read. Blocks on the disk.
Result<SuiteText> read_suite(const std::filesystem::path& data, const std::string& argument);

/// Names of the suites that ship, sorted.
std::vector<std::string> suite_names(const std::filesystem::path& data);

}  // namespace luolab
