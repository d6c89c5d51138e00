// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "controller/results/terminal_style.h"
#include "db/record.h"

namespace luolab {

// A run for other tools and for people: pure functions of what the store holds, described in
// docs/results.md. All text in them is made safe for its format: invalid UTF-8 becomes U+FFFD,
// control characters never pass. A job that has not ended counts as MISS.

/// Schema "luolab.run/v1", indented.
std::string results_json(const RunRecord& run);

/// KTAP version 1: scenario, then job, then check; names are unique among their siblings.
/// Source: Documentation/dev-tools/ktap.rst.
std::string results_ktap(const RunRecord& run);

/// JUnit: a suite per scenario, a case per job. <failure> is the kernel, <error> is the lab.
std::string results_junit(const RunRecord& run);

/// One line per phase, with a heading (RFC 4180, but lines end with LF).
std::string results_csv(const RunRecord& run);

enum class ExitStyle {
  plain,   ///< 0 pass, 1 a FAIL, 2 an ERROR or MISS and no FAIL, 4 all SKIP
  bisect,  ///< for `git bisect run`: 0 good, 1 bad, 125 can't tell
};

int exit_code(const RunRecord& run, ExitStyle style);

/// What a person reads first: a line per job, then one that sums up and says where more is.
std::string verdict_table(const RunRecord& run, const TerminalStyle& style);

/// What the run says about the contract of memfd preservation, a line per promise that its jobs
/// name: kept, broken, known issue, or not shown. Empty where they name none.
std::string promise_table(const RunRecord& run, const TerminalStyle& style);

/// How the run's rollouts went: a line per target, then figures of each wave and of the fleet.
/// Empty where it has none.
std::string rollout_table(const RunRecord& run, const TerminalStyle& style);

/// The lines that the run's scenarios ask for: how a phase grows with a parameter, with 95 %
/// confidence intervals of slope and start (ordinary least squares, Student's t). Empty where none
/// asks, or fewer than three points were measured.
std::string scaling_table(const RunRecord& run, const TerminalStyle& style);

}  // namespace luolab
