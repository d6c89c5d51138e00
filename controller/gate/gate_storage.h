// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "controller/gate/gate_bench.h"
#include "controller/gate/gate_report.h"
#include "db/gate_record.h"
#include "db/record.h"

namespace luolab {

// Between what a gate works with and what the store keeps.

/// What the report of a gate comes to in its row.
GateProgress progress_of(const GateReport& report);

/// The result of a job as the store has it.
GateResult result_of(JobRecord job, std::string worker);

}  // namespace luolab
