// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "db/attempt_record.h"
#include "db/sqlite.h"

namespace luolab {

/// The report of an attempt, with its rows; empty where none was taken. Throws SqliteError.
std::optional<AttemptReport> read_report(const Database& database, AttemptId attempt);

}  // namespace luolab
