// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/bench/fleet/fleet.h"

namespace luolab::bench {

/// Submits options.runs runs, each with an Idempotency-Key of its own and again until it is
/// acknowledged, whatever becomes of the controller meanwhile. Each acknowledgement is in the
/// journal.
Task<void> submit_runs(Fleet& fleet);

}  // namespace luolab::bench
