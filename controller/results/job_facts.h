// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "db/record.h"

namespace luolab {

/// The job's verdict; MISS while it has none.
Verdict verdict_of(const JobRecord& job);

/// Why, in one line; never empty for what is not PASS.
std::string reason_of(const JobRecord& job);

/// True where nothing was learnt about the kernel, and so it is not to blame: ERROR and MISS.
bool blames_the_lab(Verdict verdict);

/// The longest "blackout" of all hops; null where none was measured. Borrowed from the argument.
const Phase* worst_blackout(const AttemptReport& report);
const Phase* worst_blackout(const JobRecord& job);

/// The longest phase of a hop that stands for a whole step: no subject, and not the blackout, which
/// spans others. Borrowed from the job.
const Phase* slowest_phase(const JobRecord& job);

/// "hop 2", counted from 1 as people do; "start" before the first.
std::string hop_title(std::int32_t hop);

/// Each verdict that occurs.
std::map<Verdict, std::size_t> count_verdicts(const RunRecord& run);

/// "3 PASS, 1 FAIL".
std::string counts_text(const std::map<Verdict, std::size_t>& counts);

/// The jobs of each scenario, scenarios in the order of their first job. Borrowed from the run.
struct ScenarioGroup {
  std::string scenario;
  std::vector<const JobRecord*> jobs;
};
std::vector<ScenarioGroup> by_scenario(const RunRecord& run);

}  // namespace luolab
