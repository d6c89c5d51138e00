// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "core/protocol/job.h"
#include "core/protocol/report.h"

namespace luolab {

/// Marks what failed in the way that the job names as known: FAIL becomes XFAIL, with the
/// reference. Adds a check "known-issue" (DONE) for each one that applies to these releases and did
/// not show although the job was `completed`: a surprising pass. Pure.
void apply_known_issues(std::vector<Check>& checks, const std::vector<KnownIssue>& issues,
                        const std::vector<std::string>& releases, bool completed);

/// Whether a version as scenarios name it stands for a release: "7.3" for 7.3 and every 7.3.N.
bool covers(const std::string& version, const std::string& release);

}  // namespace luolab
