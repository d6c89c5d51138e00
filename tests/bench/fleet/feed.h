// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/bench/fleet/fleet.h"

namespace luolab::bench {

/// Submits runs so that options.feed jobs wait, until it is cancelled.
Task<void> feed(Fleet& fleet);

}  // namespace luolab::bench
