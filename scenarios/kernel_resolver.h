// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "kernel-patches/catalog.h"
#include "scenarios/diagnostic.h"
#include "scenarios/expand.h"
#include "scenarios/model.h"

namespace luolab {

/// The kernels of one job, each once, and which of them is booted when.
struct JobKernels {
  std::vector<KernelSpec> kernels;
  std::uint32_t outgoing = 0;
  std::vector<std::uint32_t> hops;
};

/// Puts the catalog's content in place of names, with the flags' changes, and collects what the
/// catalog does not know. Refers to catalog and options, which outlive it. One thread.
class KernelResolver {
 public:
  KernelResolver(const std::string& file, const Catalog& catalog, const ExpandOptions& options);

  JobKernels resolve(const ScenarioBody& body);
  std::vector<Diagnostic> take_errors() { return std::move(errors_); }

 private:
  std::uint32_t index_of(const KernelRef& ref, JobKernels& kernels,
                         std::map<std::string, std::uint32_t>& known);
  KernelSpec spec_of(const KernelRef& ref);
  void check_flags();

  std::string file_;
  const Catalog& catalog_;
  const ExpandOptions& options_;
  std::vector<Diagnostic> errors_;
};

/// The names of the body's kernels that the catalog does not know. Names that could not be read
/// (reported already) are passed over.
std::vector<Diagnostic> unknown_kernel_names(const std::string& file, const ScenarioBody& body,
                                             const Catalog& catalog);

}  // namespace luolab
