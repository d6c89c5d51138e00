// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "core/base/error.h"

namespace luolab {

/// The token in a file of one line. Fault::scenario where it is missing, empty, or others than its
/// owner may read it; messages name the remedy, and never the token.
Result<std::string> read_token_file(const std::filesystem::path& file);

}  // namespace luolab
