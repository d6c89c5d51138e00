// SPDX-License-Identifier: Apache-2.0
#include "db/rollout_writer.h"

#include <algorithm>
#include <map>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include "db/column.h"
#include "db/event_writer.h"
#include "db/queued_job.h"
#include "db/store.h"
#include "db/transition.h"

namespace luolab {
namespace {

struct RolloutRow {
  RolloutId id;
  RunId run;
  std::string scenario;
  std::uint32_t wave = 1;
  std::uint32_t waves = 1;
  std::size_t error_budget = 0;
  std::chrono::nanoseconds soak{};
};

/// Of `rollouts`.
constexpr std::string_view kColumns =
    "rollouts.id, run, scenario, rollouts.wave, waves, error_budget, soak_ns";

RolloutRow read_rollout(const Statement& row) {
  return {.id = RolloutId{row.integer(0)},
          .run = RunId{row.integer(1)},
          .scenario = row.text(2),
          .wave = static_cast<std::uint32_t>(row.integer(3)),
          .waves = static_cast<std::uint32_t>(row.integer(4)),
          .error_budget = static_cast<std::size_t>(row.integer(5)),
          .soak = row.duration(6)};
}

std::optional<RolloutRow> running_rollout_of(const Database& database, JobId job) {
  Statement row = database.prepare(
      fmt::format("SELECT {} FROM rollout_jobs JOIN rollouts ON rollouts.id = rollout "
                  "WHERE job = ?1 AND rollouts.state = 'running'",
                  kColumns));
  row.start(job.value);
  return row.step() ? std::optional(read_rollout(row)) : std::nullopt;
}

/// A target that counts against the error budget, with its worst verdict.
struct BadTarget {
  std::string name;
  Verdict verdict = Verdict::MISS;
  std::string reason;
};

std::vector<BadTarget> bad_targets(const Database& database, const RolloutRow& rollout) {
  Statement row = database.prepare(
      "SELECT target, verdict, reason FROM rollout_jobs JOIN jobs ON jobs.id = job "
      "WHERE rollout = ?1 AND wave <= ?2 AND spared = 0 AND verdict IS NOT NULL ORDER BY jobs.id");
  row.start(rollout.id.value, rollout.wave);
  std::vector<BadTarget> bad;
  while (row.step()) {
    const Verdict verdict = verdict_column(row, 1);
    if (is_updated(verdict)) continue;
    const std::string name = row.text(0);
    const auto known = std::ranges::find(bad, name, &BadTarget::name);
    if (known == bad.end()) {
      bad.push_back({name, verdict, row.text(2)});
    } else if (verdict == Verdict::FAIL && known->verdict != Verdict::FAIL) {
      *known = {name, verdict, row.text(2)};
    }
  }
  return bad;
}

std::size_t count_targets(const Database& database, const RolloutRow& rollout) {
  Statement row = database.prepare(
      "SELECT count(DISTINCT target) FROM rollout_jobs WHERE rollout = ?1 AND wave <= ?2");
  row.start(rollout.id.value, rollout.wave);
  row.step();
  return static_cast<std::size_t>(row.integer(0));
}

bool has_open_jobs(const Database& database, const RolloutRow& rollout) {
  Statement row = database.prepare(
      "SELECT 1 FROM rollout_jobs JOIN jobs ON jobs.id = job "
      "WHERE rollout = ?1 AND wave <= ?2 AND state IN ('queued', 'running') LIMIT 1");
  row.start(rollout.id.value, rollout.wave);
  return row.step();
}

/// Of the wave `first` and those behind it, up to `last`.
std::vector<JobId> queued_jobs(const Database& database, const RolloutRow& rollout,
                               std::uint32_t first, std::uint32_t last) {
  Statement row = database.prepare(
      "SELECT job FROM rollout_jobs JOIN jobs ON jobs.id = job "
      "WHERE rollout = ?1 AND wave BETWEEN ?2 AND ?3 AND state = 'queued' ORDER BY job");
  row.start(rollout.id.value, first, last);
  std::vector<JobId> jobs;
  while (row.step()) jobs.push_back(JobId{row.integer(0)});
  return jobs;
}

/// The first line of a reason, cut between characters.
std::string brief(std::string_view reason) {
  constexpr std::size_t kLongest = 160;
  reason = reason.substr(0, reason.find('\n'));
  if (reason.size() <= kLongest) return std::string(reason);
  std::size_t end = kLongest;
  while (end > 0 && (static_cast<unsigned char>(reason[end]) & 0xC0) == 0x80) --end;
  return std::string(reason.substr(0, end)) + "...";
}

std::string described(const std::vector<BadTarget>& bad) {
  constexpr std::size_t kMostNamed = 3;
  std::string text;
  for (std::size_t i = 0; i < std::min(bad.size(), kMostNamed); ++i) {
    text += fmt::format("{}{}: {}", i == 0 ? "" : "; ", bad[i].name, verdict_name(bad[i].verdict));
    if (!bad[i].reason.empty()) text += ": " + brief(bad[i].reason);
  }
  if (bad.size() > kMostNamed) text += fmt::format("; {} more", bad.size() - kMostNamed);
  return text;
}

std::string blamed(const std::vector<BadTarget>& bad) {
  const auto kernel =
      static_cast<std::size_t>(std::ranges::count(bad, Verdict::FAIL, &BadTarget::verdict));
  if (kernel == bad.size()) return "the kernel's fault";
  if (kernel == 0) return "the lab's fault";
  return fmt::format("{} the kernel's fault, {} the lab's", kernel, bad.size() - kernel);
}

std::string reason_to_stop(const Database& database, const RolloutRow& rollout,
                           const std::vector<BadTarget>& bad) {
  return fmt::format(
      "rollout stopped {} wave {}: {} of {} targets failed, {} ({}), error budget {}",
      has_open_jobs(database, rollout) ? "in" : "after", rollout.wave, bad.size(),
      count_targets(database, rollout), blamed(bad), described(bad), rollout.error_budget);
}

void set_state(Database& database, const RolloutRow& rollout, RolloutState state,
               std::string_view reason, TimePoint time) {
  database.prepare("UPDATE rollouts SET state = ?2, reason = ?3, due_ns = NULL WHERE id = ?1")
      .run(rollout.id.value, enum_text(state), reason);
  boost::json::object details{{"scenario", rollout.scenario}, {"wave", rollout.wave}};
  if (!reason.empty()) details["reason"] = reason;
  append_event(database, time, {.run = rollout.run},
               state == RolloutState::complete ? "rollout.complete" : "rollout.stopped", details);
}

/// Jobs that have not begun never will; those that were tried and wait for another try end, too.
void stop(Database& database, const RolloutRow& rollout, RolloutStep& step, TimePoint time) {
  for (const JobId job : queued_jobs(database, rollout, 1, rollout.waves)) {
    database
        .prepare(
            "UPDATE rollout_jobs SET spared = (SELECT attempts = 0 FROM jobs WHERE id = ?1) "
            "WHERE job = ?1")
        .run(job.value);
    end_job(database, job, JobState::canceled, Verdict::MISS, step.reason, time);
    append_event(database, time, {.run = rollout.run, .job = job}, "job.canceled",
                 {{"reason", step.reason}});
    step.stopped.push_back(job);
  }
  set_state(database, rollout, RolloutState::stopped, step.reason, time);
}

/// All waves are over: complete, unless somebody took up only a part of a stopped one.
void finish(Database& database, const RolloutRow& rollout, TimePoint time) {
  Statement left = database.prepare(
      "SELECT count(DISTINCT target) FROM rollout_jobs "
      "WHERE rollout = ?1 AND spared = 1");
  left.start(rollout.id.value);
  left.step();
  if (left.integer(0) == 0) return set_state(database, rollout, RolloutState::complete, "", time);
  const std::string reason = fmt::format(
      "rollout stopped before, and not taken up again for {} of its targets", left.integer(0));
  set_state(database, rollout, RolloutState::stopped, reason, time);
}

/// The next wave; what waits in it is ready from now on.
void release(Database& database, RolloutRow& rollout, RolloutStep& step, TimePoint time) {
  ++rollout.wave;
  database.prepare("UPDATE rollouts SET wave = ?2, due_ns = NULL WHERE id = ?1")
      .run(rollout.id.value, rollout.wave);
  append_event(database, time, {.run = rollout.run}, "rollout.wave",
               {{"scenario", rollout.scenario}, {"wave", rollout.wave}});
  for (const JobId job : queued_jobs(database, rollout, rollout.wave, rollout.wave)) {
    database.prepare("UPDATE jobs SET queued_ns = ?2 WHERE id = ?1")
        .run(job.value, time.time_since_epoch());
    step.released.push_back(find_queued_job(database, job).value());
  }
}

void soak(Database& database, const RolloutRow& rollout, RolloutStep& step, TimePoint time) {
  const TimePoint due = time + rollout.soak;
  database.prepare("UPDATE rollouts SET due_ns = ?2 WHERE id = ?1")
      .run(rollout.id.value, due.time_since_epoch());
  step.soak = RolloutSoak{rollout.id, due};
}

/// Goes on until something waits for a job or for time.
RolloutStep settle_waves(Database& database, RolloutRow rollout, bool soaked, TimePoint time) {
  RolloutStep step;
  for (;;) {
    const auto bad = bad_targets(database, rollout);
    if (bad.size() > rollout.error_budget) {
      step.reason = reason_to_stop(database, rollout, bad);
      stop(database, rollout, step, time);
      return step;
    }
    if (has_open_jobs(database, rollout)) return step;
    if (rollout.wave == rollout.waves) {
      finish(database, rollout, time);
      return step;
    }
    if (rollout.soak.count() > 0 && !std::exchange(soaked, false)) {
      soak(database, rollout, step, time);
      return step;
    }
    release(database, rollout, step, time);
  }
}

/// Scenario and target -> wave.
std::uint32_t wave_of(const RolloutSpec& rollout, const std::string& target) {
  for (std::size_t wave = 0; wave < rollout.waves.size(); ++wave) {
    if (std::ranges::find(rollout.waves[wave], target) != rollout.waves[wave].end())
      return static_cast<std::uint32_t>(wave + 1);
  }
  throw std::logic_error(
      fmt::format("the rollout of {} has no target \"{}\"", rollout.scenario, target));
}

RolloutId insert_rollout(Database& database, RunId run, const RolloutSpec& rollout) {
  database
      .prepare(
          "INSERT INTO rollouts (run, scenario, waves, canary, error_budget, soak_ns, wave, "
          "state, reason) VALUES (?1, ?2, ?3, ?4, ?5, ?6, 1, 'running', '')")
      .run(run.value, rollout.scenario, rollout.waves.size(), rollout.canary, rollout.error_budget,
           rollout.soak);
  return RolloutId{database.last_row()};
}

}  // namespace

void insert_rollouts(Database& database, RunId run, std::span<const RolloutSpec> rollouts,
                     std::span<const NewJob> jobs, std::span<const JobId> ids) {
  for (const RolloutSpec& rollout : rollouts) {
    std::map<std::string, std::uint32_t> waves;
    const RolloutId id = insert_rollout(database, run, rollout);
    for (std::size_t i = 0; i < jobs.size(); ++i) {
      if (jobs[i].scenario != rollout.scenario) continue;
      auto [wave, is_new] = waves.try_emplace(jobs[i].target, 0);
      if (is_new) wave->second = wave_of(rollout, jobs[i].target);
      database
          .prepare("INSERT INTO rollout_jobs (job, rollout, wave, target) VALUES (?1, ?2, ?3, ?4)")
          .run(ids[i].value, id.value, wave->second, jobs[i].target);
    }
  }
}

RolloutStep advance_rollout(Database& database, JobId job, TimePoint time) {
  auto rollout = running_rollout_of(database, job);
  if (!rollout) return {};
  return settle_waves(database, std::move(*rollout), false, time);
}

RolloutStep end_soak(Database& database, RolloutId rollout, TimePoint time) {
  Statement row =
      database.prepare(fmt::format("SELECT {} FROM rollouts WHERE id = ?1 AND state = 'running' "
                                   "AND due_ns IS NOT NULL",
                                   kColumns));
  row.start(rollout.value);
  if (!row.step()) return {};
  RolloutRow found = read_rollout(row);
  while (row.step()) continue;
  return settle_waves(database, std::move(found), true, time);
}

bool is_held(const Database& database, JobId job) {
  Statement row = database.prepare(
      "SELECT 1 FROM rollout_jobs JOIN rollouts ON rollouts.id = rollout "
      "WHERE job = ?1 AND rollout_jobs.wave > rollouts.wave");
  row.start(job.value);
  return row.step();
}

bool is_stopped(const Database& database, JobId job) {
  Statement row = database.prepare(
      "SELECT 1 FROM rollout_jobs JOIN rollouts ON rollouts.id = rollout "
      "WHERE job = ?1 AND state = 'stopped'");
  row.start(job.value);
  return row.step();
}

void stop_rollouts(Database& database, RunId run, std::string_view reason) {
  database
      .prepare(
          "UPDATE rollout_jobs SET spared = 1 WHERE rollout IN "
          "(SELECT id FROM rollouts WHERE run = ?1 AND state = 'running') AND job IN "
          "(SELECT id FROM jobs WHERE run = ?1 AND state = 'queued' AND attempts = 0)")
      .run(run.value);
  database
      .prepare(
          "UPDATE rollouts SET state = 'stopped', due_ns = NULL, reason = ?2 "
          "WHERE run = ?1 AND state = 'running'")
      .run(run.value, reason);
}

void reopen_rollouts(Database& database, RunId run) {
  database
      .prepare(
          "UPDATE rollout_jobs SET spared = 0 WHERE spared = 1 AND rollout IN "
          "(SELECT id FROM rollouts WHERE run = ?1) AND job IN "
          "(SELECT id FROM jobs WHERE run = ?1 AND state = 'queued')")
      .run(run.value);
  database
      .prepare(
          "WITH open AS (SELECT rollout, min(wave) AS first FROM rollout_jobs "
          "JOIN jobs ON jobs.id = job WHERE run = ?1 AND state IN ('queued', 'running') "
          "GROUP BY rollout) "
          "UPDATE rollouts SET state = 'running', reason = '', due_ns = NULL, "
          "wave = open.first FROM open WHERE open.rollout = rollouts.id "
          "AND run = ?1 AND state <> 'running'")
      .run(run.value);
}

RolloutStep Store::end_soak(RolloutId rollout) {
  Transaction transaction(database_);
  RolloutStep step = luolab::end_soak(database_, rollout, now());
  transaction.commit();
  return step;
}

}  // namespace luolab
