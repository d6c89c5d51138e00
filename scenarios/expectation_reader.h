// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "core/protocol/job.h"
#include "scenarios/field.h"

namespace luolab {

/// Reads `expect` of a step into its `errors` and `members`: an errno, a list of them, or a map of
/// what the members of the result must be. `field` may be missing.
void read_expectation(const Field& field, StepSpec& step);

/// The saved results that a step's expectation refers to.
std::vector<std::string> results_named_in(const StepSpec& step);

}  // namespace luolab
