// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace luolab {

/// The line that a console file ends in the middle of. Empty at the file's end where it ends with a
/// newline, and at 0 where there is no such file.
struct ConsoleTail {
  std::uint64_t offset = 0;  ///< of its first byte
  std::string bytes;
};

ConsoleTail console_tail(const std::filesystem::path& console_file);

}  // namespace luolab
