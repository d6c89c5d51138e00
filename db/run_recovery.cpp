// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "db/event_writer.h"
#include "db/rollout_writer.h"
#include "db/store.h"
#include "db/transition.h"

namespace luolab {
namespace {

struct RunningRun {
  RunId id;
  std::string owner;
  std::int64_t pid = 0;
};

std::vector<RunningRun> running_runs(const Database& database) {
  Statement row = database.prepare(
      "SELECT id, owner, owner_pid FROM runs WHERE state = 'running' AND service = 0");
  std::vector<RunningRun> runs;
  while (row.step()) runs.push_back({RunId{row.integer(0)}, row.text(1), row.integer(2)});
  return runs;
}

std::optional<RunId> running_run(const Database& database, RunId run) {
  Statement row = database.prepare("SELECT 1 FROM runs WHERE id = ?1 AND state = 'running'");
  row.start(run.value);
  return row.step() ? std::optional(run) : std::nullopt;
}

std::vector<JobId> jobs_in_state(const Database& database, RunId run, std::string_view state) {
  Statement row = database.prepare("SELECT id FROM jobs WHERE run = ?1 AND state = ?2 ORDER BY id");
  row.start(run.value, state);
  std::vector<JobId> jobs;
  while (row.step()) jobs.push_back(JobId{row.integer(0)});
  return jobs;
}

/// The last moment at which the store heard of the run.
TimePoint last_sign_of_life(const Database& database, RunId run) {
  Statement row = database.prepare("SELECT max(time_ns) FROM events WHERE run = ?1");
  row.start(run.value);
  row.step();
  return TimePoint{row.duration(0)};
}

void lose_running_jobs(Database& database, RunId run, TimePoint time, std::string_view reason) {
  for (const JobId job : jobs_in_state(database, run, "running")) {
    if (const auto attempt = running_attempt_of(database, job)) {
      abandon_attempt(database, attempt->attempt, AttemptState::lost, reason, time);
    }
    end_job(database, job, JobState::done, Verdict::MISS, reason, time);
    append_event(database, now(), {.run = run, .job = job}, "job.lost", {{"reason", reason}});
  }
}

void cancel_open_jobs(Database& database, RunId run, TimePoint time, std::string_view reason) {
  for (const std::string_view state : {"running", "queued"}) {
    for (const JobId job : jobs_in_state(database, run, state)) {
      if (const auto attempt = running_attempt_of(database, job)) {
        abandon_attempt(database, attempt->attempt, AttemptState::canceled, reason, time);
      }
      end_job(database, job, JobState::canceled, Verdict::MISS, reason, time);
      append_event(database, now(), {.run = run, .job = job}, "job.canceled", {{"reason", reason}});
    }
  }
}

}  // namespace

/// Belongs into a transaction.
void Store::end_run(RunId run, TimePoint time, std::string_view reason) {
  stop_rollouts(database_, run, reason);
  cancel_open_jobs(database_, run, time, reason);
  database_.prepare("UPDATE runs SET state = 'done', finished_ns = ?2 WHERE id = ?1")
      .run(run.value, time.time_since_epoch());
  append_event(database_, now(), {.run = run}, "run.done");
}

void Store::finish_run(RunId run) {
  Transaction transaction(database_);
  if (!running_run(database_, run)) return;
  end_run(run, now(), "the run ended before this job did");
  transaction.commit();
}

std::vector<RunId> Store::recover() {
  std::vector<RunId> ended;
  recover_gates();
  for (const RunningRun& run : running_runs(database_)) {
    const auto lock = lock_of_the_gone(locks(), run.owner);
    if (!lock) continue;
    Transaction transaction(database_);
    if (running_run(database_, run.id)) {
      const TimePoint time = last_sign_of_life(database_, run.id);
      lose_running_jobs(database_, run.id, time,
                        fmt::format("luolab (pid {}) was killed while this ran", run.pid));
      end_run(run.id, time, fmt::format("luolab (pid {}) was killed before this ran", run.pid));
      ended.push_back(run.id);
    }
    transaction.commit();
    std::error_code ignored;  // a lock file too many does no harm
    std::filesystem::remove(locks() / run.owner, ignored);
  }
  return ended;
}

}  // namespace luolab
