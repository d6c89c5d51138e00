// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace luolab::testing {

/// A document of tests/unit/scenarios/corpus. A bad one says in comments what is expected:
/// `# error: LINE:COLUMN: PATH: MESSAGE` for each diagnostic, and `# schema: blind` where a JSON
/// schema can't see the fault.
struct CorpusFile {
  std::filesystem::path path;
  std::string text;
  std::vector<std::string> errors;
  bool schema_is_blind = false;
};

/// The files of corpus/good or corpus/bad, sorted by name.
std::vector<CorpusFile> corpus(const std::string& kind);

/// The scenarios that luolab ships.
std::vector<CorpusFile> shipped_scenarios();

}  // namespace luolab::testing
