// SPDX-License-Identifier: Apache-2.0
#include <unordered_map>

#include <fmt/format.h>

#include "core/protocol/json.h"
#include "db/column.h"
#include "db/queued_job.h"
#include "db/store.h"

namespace luolab {
namespace {

/// Of `jobs`, `runs` and `job_specs`, in this order, before any other column.
constexpr std::string_view kColumns =
    "jobs.id, run, submitter, jobs.priority, needs_json, queued_ns, queue_timeout_ns, "
    "only_worker, jobs.attempts, confirm, "
    "(SELECT rollout_jobs.wave - 1 FROM rollout_jobs JOIN rollouts ON rollouts.id = rollout "
    "WHERE rollout_jobs.job = jobs.id AND rollout_jobs.wave > rollouts.wave)";

/// Needs by their text: many jobs have the same.
class NeedsReader {
 public:
  const Needs& read(const std::string& json, JobId job) {
    const auto found = known_.find(json);
    if (found != known_.end()) return found->second;
    auto needs = from_json<Needs>(json);
    if (!needs) {
      throw SqliteError(SqliteFault::corrupt, fmt::format("{}: the stored needs can't be read: {}",
                                                          id_text(job), needs.error().what));
    }
    return known_.emplace(json, std::move(*needs)).first->second;
  }

 private:
  std::unordered_map<std::string, Needs> known_;
};

/// All workers that were tried but the one that has it now.
std::vector<std::string> tried_workers(const Database& database, JobId job) {
  Statement row = database.prepare(
      "SELECT worker FROM attempts WHERE job = ?1 AND state <> 'running' ORDER BY number");
  row.start(job.value);
  std::vector<std::string> workers;
  while (row.step()) workers.push_back(row.text(0));
  return workers;
}

QueuedJob read_queued(const Database& database, const Statement& row, NeedsReader& needs) {
  QueuedJob job;
  job.id = JobId{row.integer(0)};
  job.run = RunId{row.integer(1)};
  job.submitter = row.text(2);
  job.priority = static_cast<int>(row.integer(3));
  job.needs = needs.read(row.text(4), job.id);
  job.queued = TimePoint{row.duration(5)};
  job.queue_timeout = row.duration(6);
  job.only = row.text(7);
  job.confirm = static_cast<std::uint32_t>(row.integer(9));
  if (!row.is_null(10)) job.behind_wave = static_cast<std::uint32_t>(row.integer(10));
  if (row.integer(8) > 0) job.tried = tried_workers(database, job.id);
  return job;
}

}  // namespace

void Store::each_queued(const std::function<void(QueuedJob)>& visit) const {
  const Snapshot snapshot(database_);
  Statement row = database_.prepare(
      fmt::format("SELECT {} FROM jobs INDEXED BY jobs_by_state CROSS JOIN runs CROSS JOIN "
                  "job_specs WHERE jobs.state = 'queued' AND runs.id = run AND service = 1 "
                  "AND job = jobs.id ORDER BY jobs.id",
                  kColumns));
  NeedsReader needs;
  while (row.step()) visit(read_queued(database_, row, needs));
}

std::optional<QueuedJob> find_queued_job(const Database& database, JobId job) {
  Statement row = database.prepare(
      fmt::format("SELECT {} FROM jobs JOIN runs ON runs.id = run JOIN job_specs ON job = jobs.id "
                  "WHERE jobs.id = ?1 AND jobs.state = 'queued'",
                  kColumns));
  row.start(job.value);
  NeedsReader needs;
  return row.step() ? std::optional(read_queued(database, row, needs)) : std::nullopt;
}

std::optional<QueuedJob> Store::queued_job(JobId job) const {
  return find_queued_job(database_, job);
}

std::vector<RunningAttempt> Store::running_attempts() const {
  const Snapshot snapshot(database_);
  Statement row = database_.prepare(fmt::format(
      "SELECT {}, attempts.id, number, attempts.worker, instance, started_ns "
      "FROM attempts INDEXED BY attempts_not_done CROSS JOIN jobs CROSS JOIN runs CROSS JOIN "
      "job_specs WHERE attempts.state = 'running' AND attempts.state <> 'done' AND jobs.id = "
      "attempts.job AND "
      "runs.id = jobs.run AND service = 1 AND job_specs.job = jobs.id ORDER BY attempts.id",
      kColumns));
  NeedsReader needs;
  std::vector<RunningAttempt> running;
  while (row.step()) {
    running.push_back({AttemptId{row.integer(11)}, static_cast<std::uint32_t>(row.integer(12)),
                       row.text(13), row.text(14), TimePoint{row.duration(15)},
                       read_queued(database_, row, needs)});
  }
  return running;
}

}  // namespace luolab
