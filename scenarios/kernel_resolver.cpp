// SPDX-License-Identifier: Apache-2.0
#include "scenarios/kernel_resolver.h"

namespace luolab {
namespace {

Diagnostic of_name(const std::string& file, const PlacedName& name, const Error& error) {
  return {file, name.line, name.column, name.path, error.what};
}

bool takes_series(const KernelRef& ref) { return ref.role == KernelRole::candidate; }
bool takes_flags(const KernelRef& ref) { return ref.role != KernelRole::fixed; }

std::string base_of(const KernelRef& ref, const ExpandOptions& options) {
  return takes_flags(ref) ? options.base.value_or(ref.base.name) : ref.base.name;
}

/// The same for kernels that are the same once the flags have been applied.
std::string identity_of(const KernelRef& ref, const ExpandOptions& options) {
  std::string identity = base_of(ref, options);
  if (takes_series(ref) && !options.series.empty()) identity += "\nwith series";
  if (takes_flags(ref) && !options.fragments.empty()) identity += "\nwith fragments";
  for (const PlacedName& series : ref.series) identity += "\nseries " + series.name;
  for (const PlacedName& fragment : ref.fragments) identity += "\nfragment " + fragment.name;
  return identity;
}

}  // namespace

KernelResolver::KernelResolver(const std::string& file, const Catalog& catalog,
                               const ExpandOptions& options)
    : file_(file), catalog_(catalog), options_(options) {
  check_flags();
}

void KernelResolver::check_flags() {
  if (options_.base) {
    const auto base = catalog_.base(*options_.base);
    if (!base) errors_.push_back({"--base", 0, 0, "", base.error().what});
  }
  for (const std::string& name : options_.fragments) {
    const auto fragment = catalog_.fragment(name);
    if (!fragment) errors_.push_back({"--fragment", 0, 0, "", fragment.error().what});
  }
}

KernelSpec KernelResolver::spec_of(const KernelRef& ref) {
  KernelSpec spec;
  if (const auto base = catalog_.base(base_of(ref, options_))) {
    spec.base = *base;
  } else if (!options_.base || !takes_flags(ref)) {
    errors_.push_back(of_name(file_, ref.base, base.error()));
  }
  for (const PlacedName& name : ref.series) {
    if (auto series = catalog_.series(name.name)) {
      spec.series.push_back(std::move(*series));
    } else {
      errors_.push_back(of_name(file_, name, series.error()));
    }
  }
  if (takes_series(ref))
    spec.series.insert(spec.series.end(), options_.series.begin(), options_.series.end());
  for (const PlacedName& name : ref.fragments) {
    if (auto fragment = catalog_.fragment(name.name)) {
      spec.fragments.push_back(std::move(*fragment));
    } else {
      errors_.push_back(of_name(file_, name, fragment.error()));
    }
  }
  if (!takes_flags(ref)) return spec;
  for (const std::string& name : options_.fragments) {
    if (auto fragment = catalog_.fragment(name)) spec.fragments.push_back(std::move(*fragment));
  }
  return spec;
}

std::uint32_t KernelResolver::index_of(const KernelRef& ref, JobKernels& kernels,
                                       std::map<std::string, std::uint32_t>& known) {
  const auto next = static_cast<std::uint32_t>(kernels.kernels.size());
  const auto [entry, is_new] = known.emplace(identity_of(ref, options_), next);
  if (is_new) kernels.kernels.push_back(spec_of(ref));
  return entry->second;
}

JobKernels KernelResolver::resolve(const ScenarioBody& body) {
  JobKernels kernels;
  std::map<std::string, std::uint32_t> known;
  kernels.outgoing = index_of(body.outgoing, kernels, known);
  for (const KernelRef& hop : body.hops) kernels.hops.push_back(index_of(hop, kernels, known));
  return kernels;
}

std::vector<Diagnostic> unknown_kernel_names(const std::string& file, const ScenarioBody& body,
                                             const Catalog& catalog) {
  std::vector<Diagnostic> errors;
  const auto check = [&](const PlacedName& name, const auto& found) {
    if (!name.name.empty() && !found) errors.push_back(of_name(file, name, found.error()));
  };
  const auto check_kernel = [&](const KernelRef& kernel) {
    check(kernel.base, catalog.base(kernel.base.name));
    for (const PlacedName& name : kernel.series) check(name, catalog.series(name.name));
    for (const PlacedName& name : kernel.fragments) check(name, catalog.fragment(name.name));
  };
  check_kernel(body.outgoing);
  for (const KernelRef& hop : body.hops) check_kernel(hop);
  return errors;
}

}  // namespace luolab
