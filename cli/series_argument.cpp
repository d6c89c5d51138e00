// SPDX-License-Identifier: Apache-2.0
#include "cli/series_argument.h"

#include <algorithm>

#include "kernel-patches/series_reader.h"

namespace luolab {

Result<Series> find_series(const Catalog& catalog, const std::string& argument) {
  const auto mutant = std::ranges::find(catalog.mutants(), argument, &Mutant::name);
  if (mutant != catalog.mutants().end()) return mutant->series;
  const auto names = catalog.series_names();
  const bool is_known = std::ranges::find(names, argument) != names.end();
  return is_known ? catalog.series(argument) : read_series(argument);
}

}  // namespace luolab
