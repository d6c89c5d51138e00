// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "core/protocol/lease.h"
#include "db/record.h"
#include "db/token_record.h"

namespace luolab {

/// A job as it is stored: made on any thread, so that the writer's thread serialises nothing.
struct NewJob {
  std::string title;
  std::string scenario;
  std::string target;                        ///< the machine it names; empty: any
  std::string job_json;                      ///< the whole Job
  std::string needs_json;                    ///< its Needs
  std::chrono::nanoseconds queue_timeout{};  ///< 0: waits for ever
  std::string only_worker;                   ///< the one that may take it; empty: any
};

/// From a job; its queue timeout is the job's own. Pure.
NewJob new_job(const Job& job, const Needs& needs);

/// Lets a client repeat a submission whose answer it did not get.
struct IdempotencyKey {
  TokenId token;  ///< keys of different tokens have nothing to do with each other
  std::string key;
  std::string request_sha256;  ///< of what was asked for
};

struct Submission {
  NewRun run;
  std::vector<NewJob> jobs;
  std::optional<IdempotencyKey> idempotency;
};

enum class SubmitOutcome {
  created,
  repeated,  ///< the same key and request came before: `run` is that one
  conflict,  ///< the same key came with another request: nothing was done
};

struct Submitted {
  SubmitOutcome outcome = SubmitOutcome::created;
  RunId run;                ///< on conflict: the run that has the key
  std::vector<JobId> jobs;  ///< in the order given; only where created
  TimePoint queued;         ///< since when they wait
  bool run_done = false;    ///< it had no jobs
};

}  // namespace luolab
