// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "core/protocol/rollout_spec.h"
#include "db/lease_record.h"
#include "db/record.h"
#include "db/sqlite.h"
#include "db/submission.h"

namespace luolab {

// The one place that decides when a wave of a rollout comes out, and when the rest is left alone.
// All belong into the caller's transaction and throw SqliteError.

/// `ids` are those of `jobs`. Throws std::logic_error where a job of a rollout's scenario is on no
/// target of it.
void insert_rollouts(Database& database, RunId run, std::span<const RolloutSpec> rollouts,
                     std::span<const NewJob> jobs, std::span<const JobId> ids);

/// After the job has ended: where that spent the error budget of its rollout, jobs that have not
/// begun are canceled; where it ended the wave, the next one is released, or due after the soak.
RolloutStep advance_rollout(Database& database, JobId job, TimePoint time);
/// The soak of a wave is over. Does nothing where none is.
RolloutStep end_soak(Database& database, RolloutId rollout, TimePoint time);

/// Whether the job must not begin: its wave is not out.
bool is_held(const Database& database, JobId job);
/// Whether the job belongs to a rollout that was stopped: it is not tried again.
bool is_stopped(const Database& database, JobId job);

/// Somebody cancels the run: its rollouts stop where they are.
void stop_rollouts(Database& database, RunId run, std::string_view reason);
/// Jobs of the run were queued again: a rollout that has ended goes on from the first wave of them.
void reopen_rollouts(Database& database, RunId run);

}  // namespace luolab
