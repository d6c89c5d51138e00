// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/scenarios/corpus.h"

#include <algorithm>
#include <sstream>

#include "core/base/file.h"

namespace luolab::testing {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kError = "# error: ";

CorpusFile read(const fs::path& path) {
  CorpusFile file{path, read_file(path).value(), {}, false};
  std::istringstream lines(file.text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(kError)) file.errors.push_back(line.substr(kError.size()));
    if (line == "# schema: blind") file.schema_is_blind = true;
  }
  return file;
}

std::vector<CorpusFile> files_of(const fs::path& folder) {
  std::vector<CorpusFile> files;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == ".yaml") files.push_back(read(entry.path()));
  }
  std::sort(files.begin(), files.end(),
            [](const CorpusFile& a, const CorpusFile& b) { return a.path < b.path; });
  return files;
}

}  // namespace

std::vector<CorpusFile> corpus(const std::string& kind) {
  return files_of(fs::path(LUOLAB_SOURCE_DIR) / "tests/unit/scenarios/corpus" / kind);
}

std::vector<CorpusFile> shipped_scenarios() {
  const fs::path folder = fs::path(LUOLAB_SOURCE_DIR) / "scenarios";
  std::vector<CorpusFile> files = files_of(folder);
  for (const char* room : {"library", "contract", "negative", "scale"}) {
    for (CorpusFile& file : files_of(folder / room)) files.push_back(std::move(file));
  }
  return files;
}

}  // namespace luolab::testing
