// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "db/record.h"
#include "db/sqlite.h"
#include "db/submission.h"

namespace luolab {

/// Who a run belongs to; an empty lock: to the service.
struct RunOwner {
  std::string_view lock;
  int pid = 0;
};

// Both belong into the caller's transaction and throw SqliteError.

RunId insert_run(Database& database, const NewRun& run, std::size_t jobs, const RunOwner& owner,
                 TimePoint time);
/// Queued since `time`.
std::vector<JobId> insert_jobs(Database& database, RunId run, int priority,
                               std::span<const NewJob> jobs, TimePoint time);

}  // namespace luolab
