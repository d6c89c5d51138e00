// SPDX-License-Identifier: Apache-2.0
#include "cli/local_attempts.h"

#include "worker/run/attempt.h"

namespace luolab {

Task<AttemptReport> LocalAttempts::run(const LeaseGrant& grant, AttemptTies ties) {
  const JobId id{grant.job_id};
  Job job = grant.job;
  if (grant.from_power_on) job.fork = Fork::never;
  progress_.job_started(id, job);
  if (grant.from_power_on) progress_.job_activity(id, "failed in a fork: once more from power-on");
  AttemptContext context{
      .builder = builder_,
      .blocking = blocking_,
      .agent = places_.agent,
      .cache = places_.cache,
      .keep = std::move(ties.keep),
      .on_activity =
          [this, id, told = std::move(ties.on_activity)](std::string_view activity) {
            told(activity);
            progress_.job_activity(id, activity);
          },
      .on_console = std::move(ties.on_console),
      .templates = &templates_,
      .machines = &machines_,
      .token = grant.attempt};
  co_return co_await run_attempt(job, context);
}

}  // namespace luolab
