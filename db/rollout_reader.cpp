// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <utility>

#include "db/column.h"
#include "db/store.h"

namespace luolab {
namespace {

/// A job of a rollout, with what its target is made of.
struct TargetJob {
  std::string target;
  std::uint32_t wave = 1;
  bool spared = false;
  JobId id;
  JobState state = JobState::queued;
  std::optional<Verdict> verdict;
  std::string reason;
  std::optional<std::chrono::nanoseconds> blackout;
  std::optional<TimePoint> started;
  std::optional<TimePoint> ended;
};

TargetJob read_job(const Statement& row) {
  TargetJob job;
  job.target = row.text(0);
  job.wave = static_cast<std::uint32_t>(row.integer(1));
  job.spared = row.integer(2) != 0;
  job.id = JobId{row.integer(3)};
  job.state = enum_column<JobState>(row, 4);
  if (!row.is_null(5)) job.verdict = verdict_column(row, 5);
  job.reason = row.text(6);
  job.ended = time_column(row, 7);
  job.started = time_column(row, 8);
  if (!row.is_null(9)) job.blackout = row.duration(9);
  return job;
}

/// What one job says of its target; of several the worst counts.
TargetState state_of(const TargetJob& job) {
  if (job.spared) return TargetState::spared;
  if (job.state == JobState::running) return TargetState::running;
  if (job.state == JobState::queued)
    return job.started ? TargetState::running : TargetState::waiting;
  const Verdict verdict = job.verdict.value_or(Verdict::MISS);
  if (is_updated(verdict)) return TargetState::updated;
  return verdict == Verdict::FAIL ? TargetState::failed : TargetState::missed;
}

int weight(TargetState state) {
  switch (state) {
    case TargetState::failed:
      return 5;
    case TargetState::missed:
      return 4;
    case TargetState::running:
      return 3;
    case TargetState::waiting:
      return 2;
    case TargetState::spared:
      return 1;
    case TargetState::updated:
      return 0;
  }
  return 0;
}

void add_job(RolloutTarget& target, const TargetJob& job) {
  const TargetState state = state_of(job);
  if (target.jobs++ == 0 || weight(state) > weight(target.state)) {
    target.state = state;
    target.job = job.id;
    target.verdict = job.verdict;
    target.reason = job.reason;
  }
  if (job.started) target.started = std::min(target.started.value_or(*job.started), *job.started);
  if (job.ended) target.ended = std::max(target.ended.value_or(*job.ended), *job.ended);
  if (job.blackout)
    target.blackout = std::max(target.blackout.value_or(*job.blackout), *job.blackout);
}

/// Some have begun and some wait: the target is in use.
void settle(RolloutTarget& target) {
  if (target.state == TargetState::waiting && target.started) target.state = TargetState::running;
}

std::vector<RolloutTarget> read_targets(const Database& database, std::int64_t rollout) {
  Statement row = database.prepare(
      "SELECT target, wave, spared, jobs.id, state, verdict, reason, ended_ns, "
      "(SELECT min(started_ns) FROM attempts WHERE attempts.job = jobs.id), "
      "(SELECT max(duration_ns) FROM attempts JOIN phases ON phases.attempt = attempts.id "
      "WHERE attempts.job = jobs.id AND attempts.number = jobs.attempts "
      "AND phases.name = 'blackout' AND phases.subject = '') "
      "FROM rollout_jobs JOIN jobs ON jobs.id = rollout_jobs.job WHERE rollout = ?1 "
      "ORDER BY wave, jobs.id");
  row.start(rollout);
  std::vector<RolloutTarget> targets;
  std::map<std::string, std::size_t> places;
  while (row.step()) {
    const TargetJob job = read_job(row);
    const auto [place, is_new] = places.try_emplace(job.target, targets.size());
    if (is_new) targets.push_back({.name = job.target, .wave = job.wave});
    add_job(targets[place->second], job);
  }
  for (RolloutTarget& target : targets) settle(target);
  return targets;
}

}  // namespace

std::vector<RolloutRecord> Store::rollouts(RunId run) const {
  const Snapshot snapshot(database_);
  Statement row = database_.prepare(
      "SELECT scenario, state, reason, waves, wave, canary, error_budget, soak_ns, due_ns, id "
      "FROM rollouts WHERE run = ?1 ORDER BY id");
  row.start(run.value);
  std::vector<RolloutRecord> rollouts;
  while (row.step()) {
    RolloutRecord rollout;
    rollout.scenario = row.text(0);
    rollout.state = enum_column<RolloutState>(row, 1);
    rollout.reason = row.text(2);
    rollout.waves = static_cast<std::uint32_t>(row.integer(3));
    rollout.wave = static_cast<std::uint32_t>(row.integer(4));
    rollout.canary = row.integer(5) != 0;
    rollout.error_budget = static_cast<std::uint32_t>(row.integer(6));
    rollout.soak = row.duration(7);
    rollout.due = time_column(row, 8);
    rollout.targets = read_targets(database_, row.integer(9));
    rollouts.push_back(std::move(rollout));
  }
  return rollouts;
}

std::vector<RolloutSoak> Store::soaking_rollouts() const {
  Statement row = database_.prepare(
      "SELECT rollouts.id, due_ns FROM rollouts INDEXED BY rollouts_soaking "
      "JOIN runs ON runs.id = run WHERE due_ns IS NOT NULL AND service = 1 ORDER BY rollouts.id");
  std::vector<RolloutSoak> soaks;
  while (row.step()) soaks.push_back({RolloutId{row.integer(0)}, TimePoint{row.duration(1)}});
  return soaks;
}

}  // namespace luolab
