// SPDX-License-Identifier: Apache-2.0
#include "scenarios/scenario_files.h"

#include <algorithm>
#include <system_error>

namespace luolab {

namespace fs = std::filesystem;

std::vector<fs::path> scenario_files_below(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder, error)) {
    if (entry.path().extension() == ".yaml" && entry.is_regular_file())
      files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

}  // namespace luolab
