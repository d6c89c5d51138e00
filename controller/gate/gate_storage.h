// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "controller/gate/gate_order.h"
#include "controller/gate/gate_report.h"
#include "controller/gate/gate_runner.h"
#include "db/gate_record.h"
#include "db/store.h"

namespace luolab {

// Between what a gate works with and what the store keeps. They throw SqliteError.

/// What the report of a gate comes to in its row.
GateProgress progress_of(const GateReport& report);

/// The report with which a gate begins, as it is stored.
std::string begun_report(const GateOrder& order);

/// What the store has of a gate: the report, as far as it came; of one that was canceled, with the
/// reason for that. Fault::scenario where there is no such gate.
Result<GateReport> stored_report(const Store& store, GateId gate);

/// The results of a run that has ended, in the order of its jobs.
std::vector<GateResult> results_of(Store& store, RunId run);

/// What was remembered under that key.
std::optional<KnownResult> recalled(const Store& store, const std::string& key);
/// Remembers the job ("j34") under that key.
void remember(Store& store, const std::string& key, const std::string& job);

}  // namespace luolab
