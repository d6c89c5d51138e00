// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "controller/scheduler/choice.h"
#include "controller/scheduler/scheduler.h"

namespace luolab {

/// Workers that could take a job at some time.
std::vector<WorkerIndex> candidates(const Fit& fit, const WorkerPool& pool, const Choice& choice);

/// Why no worker could take a job, as codes "worker-away" and "no-worker-fits"; only for jobs
/// without candidates. Looks at all workers.
WhyWaiting why_unfit(const Fit& fit, const WorkerPool& pool);

/// "1 worker", "3 workers".
std::string counted(std::size_t count, const std::string& noun);

}  // namespace luolab
