// SPDX-License-Identifier: Apache-2.0
#include "cli/series_argument.h"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "core/base/nearest.h"
#include "kernel-patches/series_reader.h"

namespace luolab {
namespace {

/// Neither a file nor a folder, and not written as a path to one.
bool is_meant_as_name(const std::string& argument) {
  return argument.find('/') == std::string::npos && !std::filesystem::exists(argument);
}

Error unknown_name(const Catalog& catalog, const std::string& argument) {
  const std::vector<std::string> series = catalog.series_names();
  std::vector<std::string_view> known(series.begin(), series.end());
  for (const Mutant& mutant : catalog.mutants()) known.push_back(mutant.name);
  const auto near = nearest_word(argument, known);
  return scenario_error(fmt::format(
      "\"{}\" is no file or folder of patches, and no series or mutant{}", argument,
      near ? fmt::format(" (did you mean \"{}\"?)", *near)
           : fmt::format(" (series: {}; mutants: luolab mutants list)", fmt::join(series, ", "))));
}

}  // namespace

Result<Series> find_series(const Catalog& catalog, const std::string& argument) {
  const auto mutant = std::ranges::find(catalog.mutants(), argument, &Mutant::name);
  if (mutant != catalog.mutants().end()) return mutant->series;
  const auto names = catalog.series_names();
  const bool is_known = std::ranges::find(names, argument) != names.end();
  if (is_known) return catalog.series(argument);
  if (is_meant_as_name(argument)) return unknown_name(catalog, argument);
  return read_series(argument);
}

}  // namespace luolab
