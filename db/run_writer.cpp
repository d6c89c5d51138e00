// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <fmt/format.h>

#include "db/column.h"
#include "db/event_writer.h"
#include "db/report_writer.h"
#include "db/rollout_writer.h"
#include "db/run_row.h"
#include "db/store.h"
#include "db/transition.h"

namespace luolab {
namespace {

struct JobRow {
  RunId run;
  std::string state;
};

std::optional<JobRow> find_job(const Database& database, JobId job) {
  Statement row = database.prepare("SELECT run, state FROM jobs WHERE id = ?1");
  row.start(job.value);
  if (!row.step()) return {};
  return JobRow{RunId{row.integer(0)}, row.text(1)};
}

/// A process takes all its jobs itself; only machines must not be given to two of them at a time.
std::vector<NewJob> new_jobs(std::span<const Job> jobs) {
  std::vector<NewJob> list;
  list.reserve(jobs.size());
  for (const Job& job : jobs) {
    Needs needs;
    needs.target = job.target.name;
    list.push_back(new_job(job, needs));
  }
  return list;
}

/// A report of a local run says on which machine it was made.
void name_worker(Database& database, AttemptId attempt, JobId job, const std::string& worker) {
  if (worker.empty()) return;
  database.prepare("UPDATE attempts SET worker = ?2 WHERE id = ?1").run(attempt.value, worker);
  database.prepare("UPDATE jobs SET worker = ?2 WHERE id = ?1").run(job.value, worker);
}

}  // namespace

CreatedRun Store::create_run(const NewRun& run, std::span<const Job> jobs) {
  const std::vector<NewJob> list = new_jobs(jobs);
  const RunOwner own{owner().name(), ::getpid()};
  Transaction transaction(database_);
  const TimePoint time = now();
  const RunId id = insert_run(database_, run, list.size(), own, time);
  CreatedRun created{id, insert_jobs(database_, id, run.priority, list, time)};
  insert_rollouts(database_, id, run.rollouts, list, created.jobs);
  append_event(database_, time, {.run = id}, "run.created",
               {{"title", run.title}, {"jobs", created.jobs.size()}});
  transaction.commit();
  return created;
}

Result<AttemptId> Store::begin_attempt(JobId job, std::string_view worker) {
  Transaction transaction(database_);
  const auto row = find_job(database_, job);
  if (!row) return bug_error(fmt::format("{}: the store has no such job", id_text(job)));
  if (row->state == "canceled") {
    return canceled_error(fmt::format("{}: the job was canceled", id_text(job)));
  }
  const TimePoint time = now();
  database_
      .prepare(
          "UPDATE attempts SET state = 'fenced', finished_ns = ?2 "
          "WHERE job = ?1 AND state = 'running'")
      .run(job.value, time.time_since_epoch());
  const AttemptId attempt = start_attempt(database_, job, worker, "", time).first;
  append_event(database_, time, {row->run, job, worker}, "job.started",
               {{"attempt", attempt.value}, {"worker", worker}});
  transaction.commit();
  return attempt;
}

bool Store::finish_attempt(AttemptId attempt, const AttemptReport& report) {
  Transaction transaction(database_);
  const auto live = find_attempt(database_, attempt);
  if (!live || live->state != AttemptState::running) return false;
  const TimePoint time = now();
  write_report_rows(database_, attempt, report, time);
  close_attempt(database_, attempt, AttemptState::done, report, time);
  name_worker(database_, attempt, live->job, report.worker);
  end_job(database_, live->job, JobState::done, report.verdict, report.reason, time);
  append_event(database_, time, {live->run, live->job, live->worker}, "job.done",
               {{"attempt", attempt.value},
                {"verdict", verdict_name(report.verdict)},
                {"reason", report.reason}});
  advance_rollout(database_, live->job, time);
  transaction.commit();
  return true;
}

bool Store::cancel_job(JobId job, std::string_view reason) {
  return !stop_job(job, reason).jobs.empty();
}

}  // namespace luolab
