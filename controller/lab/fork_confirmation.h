// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/protocol/report.h"

namespace luolab {

// What was found in a fork, against what the same job shows from power-on. Pure.

/// A FAIL of a fork: the job is tried again from power-on.
bool needs_confirmation(const AttemptReport& report);

/// Says in the reason of such a report that it is not the last word; leaves others alone.
void mark_unconfirmed(AttemptReport& report);

/// Adds to a report from power-on what the fork before it had found: to the reason, and as the
/// check "fork", which judges nothing. The verdict stays that of power-on.
void compare_with_fork(AttemptReport& from_power_on, const AttemptReport& forked);

/// Whether the fork before had failed, and power-on did not. A fault that comes and goes looks like
/// that as well.
bool failed_in_a_fork_alone(const AttemptReport& from_power_on);

}  // namespace luolab
