// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/bench/fleet/fleet.h"

namespace luolab::bench {

/// Submits single jobs while all workers wait, each when the one before has ended, and measures
/// when a worker has it.
Task<void> probe(Fleet& fleet);

}  // namespace luolab::bench
