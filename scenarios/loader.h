// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "kernel-patches/catalog.h"
#include "scenarios/diagnostic.h"
#include "scenarios/model.h"
#include "scenarios/scenario_document.h"

namespace luolab {

struct LoadResult {
  std::vector<Scenario> scenarios;  ///< in the order of the documents; empty where there are errors
  std::vector<Diagnostic> errors;   ///< all of them, by place
};

/// Reads a file of scenarios (docs/scenario-format.md): YAML, one document per scenario. Pure;
/// any thread. `file_name` is only for messages. Hostile text is refused within bounds: 1 MiB of
/// text, 64 levels, 100,000 values with aliases expanded, 10,000 jobs. Names of kernels are
/// looked up in `catalog`; without one, only `expand` finds those that are not known.
LoadResult load_scenarios(std::string_view text, std::string_view file_name,
                          const Catalog* catalog = nullptr);

/// The same of several files: all scenarios, or everything that is wrong with them, names that are
/// taken twice included.
LoadResult load_documents(std::span<const ScenarioDocument> documents,
                          const Catalog* catalog = nullptr);

/// Scenarios of several files that bear the same name, so that their results could not be told
/// apart in one run.
std::vector<Diagnostic> duplicate_names(std::span<const Scenario> scenarios);

}  // namespace luolab
