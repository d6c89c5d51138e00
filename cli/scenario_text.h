// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "core/base/error.h"

namespace luolab {

/// The scenario files that the arguments name: a folder stands for every *.yaml below it, sorted;
/// anything else, also "-" and a folder without any, for itself.
std::vector<std::string> scenario_files(const std::vector<std::string>& arguments);

/// The text of one of them; "-" is standard input. At most one byte more than the loader takes, so
/// that it is the loader that says the text is too long. Fault::scenario where it can't be read.
Result<std::string> scenario_text(const std::string& file);

/// How a file is named in messages: "<stdin>" for "-".
std::string scenario_name(const std::string& file);

}  // namespace luolab
