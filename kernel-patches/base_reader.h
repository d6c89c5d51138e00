// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "core/base/error.h"
#include "core/protocol/kernel_spec.h"

namespace luolab {

/// Reads the description of a base (`bases/NAME.yaml`): name, kind, and the fields of that kind.
/// Fault::scenario with all mistakes at once, one `where:line:column: key: what, remedy` per line.
/// Pure; any thread.
Result<BaseSpec> parse_base(const std::string& yaml, const std::string& where);

/// `parse_base` of a file of at most 64 KiB. A relative `location` is relative to the file's
/// folder.
Result<BaseSpec> read_base(const std::filesystem::path& file);

}  // namespace luolab
