// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "controller/gate/gate_order.h"
#include "core/protocol/job.h"
#include "kernel-patches/catalog.h"
#include "scenarios/diagnostic.h"

namespace luolab {

/// A test of the suite as two jobs that differ in the series alone.
struct GateCase {
  std::string title;  ///< unique: job_title
  std::string file;
  Job candidate;
  Job baseline;
};

/// With errors there are no cases.
struct GateSuite {
  std::vector<GateCase> cases;
  std::vector<Diagnostic> errors;
  std::optional<Series> other_layout;  ///< moves a kernel's code; empty: the catalog has none
};

/// Reads and expands the order's documents. Scenarios none of whose kernels takes the series tell
/// nothing about it and are passed over. Pure.
GateSuite expand_suite(const GateOrder& order, const Catalog& catalog);

/// The kernel of the case that takes the series, as candidate and as baseline. Borrowed.
struct ComparedKernels {
  const KernelSpec* candidate = nullptr;
  const KernelSpec* baseline = nullptr;
};
ComparedKernels compared_kernels(const GateCase& test, const GateOrder& order);

}  // namespace luolab
