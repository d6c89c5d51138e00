// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <vector>

#include "controller/gate/gate_order.h"
#include "controller/gate/gate_report.h"
#include "controller/gate/gate_suite.h"

namespace luolab {

/// What a budget has room for.
struct GatePlan {
  std::vector<const GateCase*> chosen;  ///< borrowed from the suite, in its order
  std::vector<LeftOut> left_out;
};

/// About how long one try takes, of which boots are most: a guess from what the job does, made for
/// emulated machines; hardware is faster.
std::chrono::nanoseconds expected_time(const Job& job);

/// Without a budget everything. Else the tests that say most about the files that the series
/// touches come first, then the cheaper ones; what there is no time for is left out and said. Half
/// the budget is for building, for confirming failures and for the latency of boots. Pure.
GatePlan plan_gate(const GateSuite& suite, const GateOrder& order);

}  // namespace luolab
