// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/protocol/report.h"
#include "db/record.h"
#include "db/sqlite.h"

namespace luolab {

/// Writes the lists of a report as rows of `attempt`; the report's own fields are the attempt's
/// row. Belongs into the caller's transaction. Throws SqliteError.
void write_report_rows(Database& database, AttemptId attempt, const AttemptReport& report,
                       TimePoint time);

}  // namespace luolab
