// SPDX-License-Identifier: Apache-2.0
#include "worker/target/left_mark.h"

#include <fstream>

#include <fmt/format.h>

#include "core/base/file.h"

namespace luolab {

LeftMark read_left_mark(const std::filesystem::path& file) {
  LeftMark mark;
  std::ifstream stream(file);
  stream >> mark.token >> std::ws;
  std::getline(stream, mark.host_key);
  return mark;
}

void write_left_mark(const std::filesystem::path& file, const LeftMark& mark) {
  write_scratch_file(file, fmt::format("{}\n{}\n", mark.token, mark.host_key));
}

}  // namespace luolab
