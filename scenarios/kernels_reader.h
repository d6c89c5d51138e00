// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "scenarios/field.h"
#include "scenarios/model.h"

namespace luolab {

/// The kernels of a scenario: what is booted, and each hop's incoming kernel.
struct KernelRefs {
  KernelRef outgoing;
  std::vector<KernelRef> hops;
};

/// Reads `kernels`; `hops` defaults to one, to the outgoing kernel again. Whether the catalog knows
/// the names is found when the scenario is expanded.
KernelRefs read_kernels(const Field& field);

}  // namespace luolab
