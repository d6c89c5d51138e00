// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "controller/results/terminal_style.h"
#include "db/record.h"

namespace luolab {

/// The job's phases as bars over the worker's clock, one chart per hop and one for what came
/// before. Of phases that bear a subject (one per memfd) only the longest are drawn, and the rest
/// is counted. Empty where there are no phases.
std::string timeline(const JobRecord& job, const TerminalStyle& style);

}  // namespace luolab
