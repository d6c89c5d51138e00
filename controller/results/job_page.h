// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "controller/results/terminal_style.h"
#include "db/artifact_store.h"
#include "db/record.h"

namespace luolab {

/// Everything about one job for a person: the verdict and what speaks for it first, then the time
/// line, kernels and files. Pure but for asking `artifacts` where a file lies.
std::string job_page(const RunRecord& run, const JobRecord& job, const ArtifactStore& artifacts,
                     const TerminalStyle& style);

}  // namespace luolab
