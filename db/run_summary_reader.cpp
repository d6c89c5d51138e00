// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include "db/column.h"
#include "db/store.h"

namespace luolab {
namespace {

/// A run may have more points than anybody looks at, and more jobs than must be read for figures.
constexpr std::size_t kMostPoints = 2000;
constexpr std::size_t kMostJobs = 2000;

void count(RunPoint& point, const Statement& row) {
  const auto jobs = static_cast<std::size_t>(row.integer(4));
  point.jobs += jobs;
  const auto state = enum_column<JobState>(row, 2);
  if (state == JobState::queued) point.queued += jobs;
  if (state == JobState::running) point.running += jobs;
  if (!row.is_null(3)) point.verdicts[verdict_column(row, 3)] += jobs;
}

using Duration = std::pair<std::chrono::nanoseconds, JobId>;

/// `durations` is sorted and not empty.
RunPhase phase_of(const std::string& name, const std::vector<Duration>& durations) {
  const std::size_t last = durations.size() - 1;
  return {.name = name,
          .durations = durations.size(),
          .least = durations.front().first,
          .median = durations[last / 2].first,
          .high = durations[(last * 95 + 99) / 100].first,
          .most = durations.back().first,
          .slowest = durations.back().second};
}

}  // namespace

std::vector<RunPoint> Store::run_points(RunId run) const {
  Statement row = database_.prepare(
      "SELECT rtrim(rtrim(title, '0123456789'), '#') AS point, scenario, state, verdict, count(*), "
      "min(id) FROM jobs WHERE run = ?1 GROUP BY point, scenario, state, verdict "
      "ORDER BY min(min(position)) OVER (PARTITION BY point, scenario), point, scenario");
  row.start(run.value);
  std::vector<RunPoint> points;
  while (row.step()) {
    const std::string title = row.text(0);
    const std::string scenario = row.text(1);
    const JobId job{row.integer(5)};
    if (points.empty() || points.back().title != title || points.back().scenario != scenario) {
      if (points.size() == kMostPoints) break;
      points.push_back({.title = title, .scenario = scenario, .job = job});
    }
    points.back().job.value = std::min(points.back().job.value, job.value);
    count(points.back(), row);
  }
  return points;
}

std::vector<RunPhase> Store::run_phases(RunId run) const {
  Statement row = database_.prepare(
      "WITH some AS (SELECT id, attempts FROM jobs WHERE run = ?1 ORDER BY position DESC LIMIT ?2) "
      "SELECT phases.name, phases.duration_ns, some.id FROM some "
      "CROSS JOIN attempts ON attempts.job = some.id AND attempts.number = some.attempts "
      "CROSS JOIN phases ON phases.attempt = attempts.id "
      "WHERE phases.subject = '' ORDER BY attempts.id, phases.position");
  row.start(run.value, kMostJobs);
  std::vector<std::string> names;  // as the phases follow each other
  std::map<std::string, std::vector<Duration>> durations;
  while (row.step()) {
    auto& of_phase = durations[row.text(0)];
    if (of_phase.empty()) names.push_back(row.text(0));
    of_phase.emplace_back(row.duration(1), JobId{row.integer(2)});
  }
  std::vector<RunPhase> phases;
  for (const std::string& name : names) {
    auto& of_phase = durations[name];
    std::ranges::sort(of_phase, {}, &Duration::first);
    phases.push_back(phase_of(name, of_phase));
  }
  return phases;
}

}  // namespace luolab
