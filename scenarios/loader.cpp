// SPDX-License-Identifier: Apache-2.0
#include "scenarios/loader.h"

#include <algorithm>
#include <iterator>
#include <map>

#include <fmt/format.h>

#include "scenarios/document_text.h"
#include "scenarios/scenario_reader.h"
#include "scenarios/yaml_parser.h"

namespace luolab {

LoadResult load_scenarios(std::string_view text, std::string_view file_name,
                          const Catalog* catalog) {
  LoadResult result;
  if (auto refusal = refusal_of_text(text, file_name)) {
    result.errors.push_back(std::move(*refusal));
    return result;
  }
  YamlStream stream = parse_yaml(text, file_name);
  result.errors = std::move(stream.problems);
  ScenarioReader reader(file_name, catalog);
  for (YamlNode& document : stream.documents) {
    ScenarioReading reading = reader.read(std::move(document));
    for (Diagnostic& error : reading.errors) result.errors.push_back(std::move(error));
    if (reading.scenario) result.scenarios.push_back(std::move(*reading.scenario));
  }
  if (result.scenarios.empty() && result.errors.empty()) {
    result.errors.push_back(
        {std::string(file_name), 1, 1, "", "there is no scenario in this file"});
  }
  if (!result.errors.empty()) result.scenarios.clear();
  result.errors = sorted(std::move(result.errors));
  return result;
}

std::vector<Diagnostic> duplicate_names(std::span<const Scenario> scenarios) {
  std::vector<Diagnostic> errors;
  std::map<std::string, std::string> files;
  for (const Scenario& scenario : scenarios) {
    const auto [taken, is_new] = files.emplace(scenario.name, scenario.file);
    if (is_new) continue;
    const YamlNode* name = scenario.document->find("name");
    errors.push_back({scenario.file, name->line, name->column, "name",
                      fmt::format("the name {} is taken by a scenario of {}",
                                  in_quotes(scenario.name), taken->second)});
  }
  return errors;
}

LoadResult load_documents(std::span<const ScenarioDocument> documents, const Catalog* catalog) {
  LoadResult all;
  for (const ScenarioDocument& document : documents) {
    LoadResult loaded = load_scenarios(document.text, document.name, catalog);
    std::ranges::move(loaded.errors, std::back_inserter(all.errors));
    std::ranges::move(loaded.scenarios, std::back_inserter(all.scenarios));
  }
  std::ranges::move(duplicate_names(all.scenarios), std::back_inserter(all.errors));
  return all;
}

}  // namespace luolab
