// SPDX-License-Identifier: Apache-2.0
#include "cli/result_file.h"

#include <iostream>

#include "core/base/file.h"

namespace luolab {

void write_result(const std::string& place, const std::string& text) {
  if (place.empty()) return;
  if (place == "-") {
    std::cout << text << std::flush;
  } else {
    write_file_atomically(place, text);
  }
}

}  // namespace luolab
