// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include "core/protocol/job.h"
#include "scenarios/field.h"

namespace luolab {

/// Reads the list of steps under `before` or `after`; what is wrong is reported. `hops`: of the
/// scenario, which a step's `hop` may name.
std::vector<StepSpec> read_steps(const Field& list, std::size_t hops);

/// What only shows when all steps are looked at together: handles of memfds, actors and saved
/// results that nobody made, and writes to what a load writes. `before` and `after` may be missing.
void check_steps(const std::vector<StepSpec>& before, const std::vector<StepSpec>& after,
                 const std::vector<SessionSpec>& sessions, const std::vector<LoadSpec>& loads,
                 const Field& before_list, const Field& after_list);

}  // namespace luolab
