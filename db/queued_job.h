// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "db/lease_record.h"
#include "db/sqlite.h"

namespace luolab {

/// A job as a scheduler needs it; empty where it does not wait. Throws SqliteError.
std::optional<QueuedJob> find_queued_job(const Database& database, JobId job);

}  // namespace luolab
