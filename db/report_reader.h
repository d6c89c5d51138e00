// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/protocol/report.h"
#include "db/record.h"
#include "db/sqlite.h"

namespace luolab {

/// Reads the lists of a report back in their order, as write_report_rows got them, but for
/// Artifact::path, which is empty. Throws SqliteError.
void read_report_rows(const Database& database, AttemptId attempt, AttemptReport& report);

/// The verdict of a CHECKed column. Throws SqliteError (corrupt) where it is none.
Verdict verdict_column(const Statement& row, int column);

}  // namespace luolab
