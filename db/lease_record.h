// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/protocol/lease.h"
#include "db/attempt_record.h"

namespace luolab {

/// An attempt that was begun for a worker.
struct LeasedJob {
  AttemptId attempt;  ///< the fencing token
  std::uint32_t number = 1;
  RunId run;
  std::string job_json;  ///< the whole Job
};

/// What becomes of a job whose attempt has ended.
struct JobFate {
  bool again = false;  ///< it is queued anew; verdict and reason tell why, in the event
  Verdict verdict = Verdict::MISS;  ///< of the job, where it ends
  std::string reason;
};

/// A job that waits, as a scheduler needs it.
struct QueuedJob {
  JobId id;
  RunId run;
  std::string submitter;
  int priority = 50;
  std::uint32_t confirm = 0;  ///< how often a FAIL is run again
  Needs needs;
  TimePoint queued;
  std::chrono::nanoseconds queue_timeout{};  ///< 0: for ever
  std::string only;                          ///< the one worker that may take it; empty: any
  std::vector<std::string> tried;            ///< workers of its attempts so far, in their order
  std::uint32_t behind_wave = 0;  ///< of its rollout, which must be over first; 0: it may begin
};

/// A wave of a rollout is over, and the next one comes out at `due`.
struct RolloutSoak {
  RolloutId rollout;
  TimePoint due;
};

/// What the end of a job did to the rollout that it belongs to.
struct RolloutStep {
  std::vector<QueuedJob> released;  ///< may begin from now on
  std::vector<JobId> stopped;       ///< canceled: the error budget is spent
  std::string reason;               ///< why they were stopped
  std::optional<RolloutSoak> soak;
};

enum class AttemptOutcome {
  taken,
  taken_before,  ///< a report of this attempt was taken already; nothing was changed
  kept,          ///< canceled before: the report is kept as evidence, the job is as it was
  stale,         ///< fenced off, lost or unknown: nothing was changed
};

struct AttemptEnd {
  AttemptOutcome outcome = AttemptOutcome::stale;
  RunId run;  ///< these two not where stale
  JobId job;
  TimePoint queued;       ///< where it is queued anew: since when it waits
  bool run_done = false;  ///< with this job the run ended
  RolloutStep rollout;
};

/// An attempt that runs, with its job as the scheduler needs it.
struct RunningAttempt {
  AttemptId attempt;
  std::uint32_t number = 1;
  std::string worker;
  std::string instance;
  TimePoint started;
  QueuedJob job;
};

/// An attempt that was stopped by the store; its worker is to be told.
struct StoppedAttempt {
  AttemptId attempt;
  JobId job;
  std::string worker;
};

/// What a cancellation came to.
struct Cancellation {
  std::vector<JobId> jobs;  ///< that were queued or running
  std::vector<StoppedAttempt> attempts;
  std::vector<RunId> runs;  ///< that ended by it
  RolloutStep rollout;      ///< of the rollout of a single job
  bool more = false;        ///< there are more jobs than were allowed at once: call again
};

}  // namespace luolab
