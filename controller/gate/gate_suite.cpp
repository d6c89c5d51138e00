// SPDX-License-Identifier: Apache-2.0
#include "controller/gate/gate_suite.h"

#include <algorithm>
#include <iterator>

#include "scenarios/expand.h"
#include "scenarios/loader.h"

namespace luolab {
namespace {

/// A kernel that is built with the whole series, which comes last.
bool takes(const KernelSpec& kernel, const std::vector<Series>& series) {
  if (kernel.series.size() < series.size()) return false;
  const auto first = kernel.series.end() - static_cast<std::ptrdiff_t>(series.size());
  return std::ranges::equal(first, kernel.series.end(), series.begin(), series.end(), {},
                            &Series::name, &Series::name);
}

void append(std::vector<Diagnostic>& all, std::vector<Diagnostic> more) {
  std::ranges::move(more, std::back_inserter(all));
}

void add_cases(const Scenario& scenario, const GateOrder& order, const Catalog& catalog,
               GateSuite& suite) {
  ExpandOptions options;
  if (!order.base.empty()) options.base = order.base;
  options.fragments = order.fragments;
  ExpandResult baseline = expand(scenario, catalog, options);
  options.series = order.series;
  ExpandResult candidate = expand(scenario, catalog, options);
  if (candidate.rollout)
    suite.errors.push_back({scenario.file, 0, 0, "rollout",
                            "a gate runs no rollouts (submit it as a run, or name one target)"});
  append(suite.errors, std::move(candidate.errors));
  if (!suite.errors.empty()) return;
  for (std::size_t i = 0; i < candidate.jobs.size(); ++i) {
    const std::string title = job_title(candidate.jobs[i]);
    GateCase test{title, scenario.file, std::move(candidate.jobs[i]), std::move(baseline.jobs[i])};
    if (compared_kernels(test, order).candidate != nullptr) suite.cases.push_back(std::move(test));
  }
}

}  // namespace

GateSuite expand_suite(const GateOrder& order, const Catalog& catalog) {
  GateSuite suite;
  LoadResult loaded = load_documents(order.documents, &catalog);
  suite.errors = std::move(loaded.errors);
  for (const Scenario& scenario : loaded.scenarios) {
    if (suite.errors.empty()) add_cases(scenario, order, catalog, suite);
  }
  if (!suite.errors.empty()) suite.cases.clear();
  if (auto layout = catalog.series("other-layout")) suite.other_layout = *std::move(layout);
  return suite;
}

ComparedKernels compared_kernels(const GateCase& test, const GateOrder& order) {
  const auto candidate =
      std::ranges::find_if(test.candidate.kernels,
                           [&](const KernelSpec& kernel) { return takes(kernel, order.series); });
  if (order.series.empty() || candidate == test.candidate.kernels.end()) return {};
  // The baseline's is the same but for the series, wherever it stands in the list.
  const std::size_t own = candidate->series.size() - order.series.size();
  const auto is_same = [&](const KernelSpec& kernel) {
    return kernel.base.name == candidate->base.name && kernel.series.size() == own &&
           std::ranges::equal(kernel.series, std::span(candidate->series).first(own), {},
                              &Series::name, &Series::name) &&
           std::ranges::equal(kernel.fragments, candidate->fragments, {}, &Fragment::name,
                              &Fragment::name);
  };
  const auto baseline = std::ranges::find_if(test.baseline.kernels, is_same);
  if (baseline == test.baseline.kernels.end()) return {};
  return {&*candidate, &*baseline};
}

}  // namespace luolab
