// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace luolab {

/// What a worker keeps in a file while a machine is not known to be home: who left it there.
struct LeftMark {
  std::int64_t token = 0;  ///< of the attempt
  std::string host_key;    ///< that its kernel under test shows, "TYPE BASE64"; empty: home's own
};

/// Empty members where there is no such file, or not with them.
LeftMark read_left_mark(const std::filesystem::path& file);
void write_left_mark(const std::filesystem::path& file, const LeftMark& mark);

}  // namespace luolab
