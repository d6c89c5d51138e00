// SPDX-License-Identifier: Apache-2.0
#include "db/column.h"
#include "db/event_writer.h"
#include "db/report_writer.h"
#include "db/rollout_writer.h"
#include "db/store.h"
#include "db/transition.h"

namespace luolab {
namespace {

struct WaitingJob {
  RunId run;
  std::string job_json;
};

std::optional<WaitingJob> find_waiting(const Database& database, JobId job) {
  Statement row = database.prepare(
      "SELECT run, job_json FROM jobs JOIN job_specs ON job = id "
      "WHERE id = ?1 AND state = 'queued'");
  row.start(job.value);
  if (!row.step()) return {};
  return WaitingJob{RunId{row.integer(0)}, row.text(1)};
}

/// Ends the job or queues it anew; `kind` is the event where it ends. A job whose rollout was
/// stopped meanwhile is not tried again.
AttemptEnd meet_fate(Database& database, AttemptId attempt, const AttemptRow& row,
                     const JobFate& fate, std::string_view kind, TimePoint time) {
  AttemptEnd end{.outcome = AttemptOutcome::taken, .run = row.run, .job = row.job, .queued = {}};
  const bool again = fate.again && !is_stopped(database, row.job);
  if (again) {
    queue_job(database, row.job, time);
    end.queued = time;
  } else {
    end_job(database, row.job, JobState::done, fate.verdict, fate.reason, time);
  }
  append_event(database, time, {row.run, row.job, row.worker}, again ? "job.requeued" : kind,
               {{"attempt", attempt.value},
                {"verdict", verdict_name(fate.verdict)},
                {"reason", fate.reason}});
  if (again) return end;
  end.rollout = advance_rollout(database, row.job, time);
  end.run_done = settle_run(database, row.run, time);
  return end;
}

AttemptEnd nothing_done(AttemptOutcome outcome, const AttemptRow& row) {
  return {.outcome = outcome, .run = row.run, .job = row.job, .queued = {}};
}

}  // namespace

std::optional<LeasedJob> Store::lease(JobId job, std::string_view worker,
                                      std::string_view instance) {
  Transaction transaction(database_);
  auto waiting = find_waiting(database_, job);
  if (!waiting || is_held(database_, job)) return {};
  const TimePoint time = now();
  const auto [attempt, number] = start_attempt(database_, job, worker, instance, time);
  append_event(database_, time, {waiting->run, job, worker}, "job.started",
               {{"attempt", attempt.value}, {"worker", worker}});
  transaction.commit();
  return LeasedJob{attempt, number, waiting->run, std::move(waiting->job_json)};
}

AttemptEnd Store::finish_attempt(AttemptId attempt, const AttemptReport& report,
                                 const JobFate& fate) {
  Transaction transaction(database_);
  const auto row = find_attempt(database_, attempt);
  if (!row) return {};
  if (row->reported) return nothing_done(AttemptOutcome::taken_before, *row);
  const bool canceled = row->state == AttemptState::canceled;
  if (row->state != AttemptState::running && !canceled) return {};
  const TimePoint time = now();
  write_report_rows(database_, attempt, report, time);
  close_attempt(database_, attempt, canceled ? AttemptState::canceled : AttemptState::done, report,
                time);
  abandon_builds(database_, attempt, time);
  AttemptEnd end = canceled ? nothing_done(AttemptOutcome::kept, *row)
                            : meet_fate(database_, attempt, *row, fate, "job.done", time);
  transaction.commit();
  return end;
}

AttemptEnd Store::lose_attempt(AttemptId attempt, std::string_view reason, const JobFate& fate) {
  Transaction transaction(database_);
  const auto row = find_attempt(database_, attempt);
  if (!row || row->state != AttemptState::running) return {};
  const TimePoint time = now();
  abandon_attempt(database_, attempt, AttemptState::lost, reason, time);
  AttemptEnd end = meet_fate(database_, attempt, *row, fate, "job.lost", time);
  transaction.commit();
  return end;
}

AttemptEnd Store::expire_job(JobId job, std::string_view reason) {
  Transaction transaction(database_);
  const auto waiting = find_waiting(database_, job);
  if (!waiting) return {};
  const TimePoint time = now();
  end_job(database_, job, JobState::done, Verdict::MISS, reason, time);
  append_event(database_, time, {waiting->run, job, ""}, "job.expired", {{"reason", reason}});
  AttemptEnd end{.outcome = AttemptOutcome::taken, .run = waiting->run, .job = job, .queued = {}};
  end.rollout = advance_rollout(database_, job, time);
  end.run_done = settle_run(database_, waiting->run, time);
  transaction.commit();
  return end;
}

}  // namespace luolab
