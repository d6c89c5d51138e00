// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "controller/gate/gate_report.h"
#include "core/protocol/job.h"

namespace luolab {

// Code is slower or faster for the place where it lies: a patch that changes no more than the size
// of a function moves all that follows. A phase counts as slower when it is so in two layouts.

/// The same job, with `layout` as the last series of every kernel that is built.
Job in_layout(Job job, const Series& layout);

/// What is said of a phase that was too slow in the first layout, `first`, now that it was compared
/// in another one. Pure.
GatePhase seen_in_both(const GatePhase& first, GatePhase other);

}  // namespace luolab
