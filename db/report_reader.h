// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/protocol/report.h"
#include "db/record.h"
#include "db/sqlite.h"

namespace luolab {

/// Reads the lists of a report back in their order, as write_report_rows got them, but for
/// Artifact::path, which is empty. Throws SqliteError.
void read_report_rows(const Database& database, AttemptId attempt, AttemptReport& report);

/// Reads one row of a list, whose columns are in the order of its struct.
Phase read_phase(const Statement& row);
Checksum read_checksum(const Statement& row);
Measurement read_measurement(const Statement& row);

}  // namespace luolab
