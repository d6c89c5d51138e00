// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "controller/gate/bisection.h"
#include "controller/statistics/latency.h"

namespace luolab {

/// Judges prefixes of a series by how long a phase takes: each is compared with the base, boot by
/// boot. Slower is bad; as fast within what matters, or faster, is good; what can't be told apart
/// within the plan is untestable. Everything is borrowed and must outlive the judge.
PrefixJudge latency_judge(std::string phase, JobsOfPrefix jobs, LatencySettings settings,
                          GateRunner& runner);

}  // namespace luolab
