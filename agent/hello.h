// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/clock.h"
#include "agent/json.h"

namespace luolab {

/// {"tsc", "monotonic_ns", "monotonic_raw_ns", "boottime_ns", "realtime_ns"}.
Json clocks_json(const Instant& instant);

/// {"tsc", "monotonic_ns"}: now, for the "at" of a message that is about to be sent.
Json at_json();

/// The first message: who the agent is and on which kernel it runs. `start`: the clocks at the
/// agent's first instruction. Members that the machine can't tell are left out.
Json hello_message(const Instant& start);

}  // namespace luolab
