// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/protocol/report.h"
#include "db/lease_record.h"
#include "db/record.h"
#include "db/sqlite.h"

namespace luolab {

// How rows of jobs and attempts go from one state to another. All belong into the caller's
// transaction, throw SqliteError, and leave the event to the caller. Triggers of the schema keep
// the counts of a run.

/// An attempt with what decides whether it may still change anything.
struct AttemptRow {
  JobId job;
  RunId run;
  AttemptState state = AttemptState::running;
  bool reported = false;
  std::string worker;
};
std::optional<AttemptRow> find_attempt(const Database& database, AttemptId attempt);

/// Adds an attempt, and makes the job run. Gives the attempt and its number.
std::pair<AttemptId, std::uint32_t> start_attempt(Database& database, JobId job,
                                                  std::string_view worker,
                                                  std::string_view instance, TimePoint time);

/// Writes the report's own fields; `worker` stays.
void close_attempt(Database& database, AttemptId attempt, AttemptState state,
                   const AttemptReport& report, TimePoint time);
/// Ends a running attempt without a report: MISS. Builds that it was making have failed.
void abandon_attempt(Database& database, AttemptId attempt, AttemptState state,
                     std::string_view reason, TimePoint time);
/// The one attempt of the job that runs.
std::optional<StoppedAttempt> running_attempt_of(const Database& database, JobId job);
/// Shared builds that the attempt was making and has not handed in.
void abandon_builds(Database& database, AttemptId attempt, TimePoint time);

void end_job(Database& database, JobId job, JobState state, Verdict verdict,
             std::string_view reason, TimePoint time);
void queue_job(Database& database, JobId job, TimePoint time);

/// Ends a running run of the service that has no open job, with its event. False where there is
/// nothing to end.
bool settle_run(Database& database, RunId run, TimePoint time);

}  // namespace luolab
