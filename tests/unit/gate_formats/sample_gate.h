// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "controller/gate/gate_report.h"

namespace luolab {

/// Everything that can be said of a gate, in friendly words.
GateReport whole_report();
/// The same where every text comes from a stranger.
GateReport hostile_report();
/// A series that does not build.
GateReport build_failure();

}  // namespace luolab
