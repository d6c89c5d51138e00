// SPDX-License-Identifier: Apache-2.0
#include "worker/target/console_tail.h"

#include "core/base/file.h"

namespace luolab {

ConsoleTail console_tail(const std::filesystem::path& console_file) {
  const auto text = read_file(console_file);
  if (!text) return {};
  const std::size_t newline = text->rfind('\n');
  const std::size_t start = newline == std::string::npos ? 0 : newline + 1;
  return {start, text->substr(start)};
}

}  // namespace luolab
