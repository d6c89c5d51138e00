// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "db/column.h"
#include "db/store.h"

namespace luolab {
namespace {

std::string trend_sql(const TrendFilter& filter) {
  const std::string_view index = !filter.scenario.empty() ? "INDEXED BY attempts_by_scenario"
                                 : !filter.worker.empty() ? "INDEXED BY attempts_by_worker"
                                                          : "NOT INDEXED";
  std::string where = "verdict IS NOT NULL";
  if (!filter.scenario.empty()) where += " AND scenario = ?1";
  if (!filter.worker.empty()) where += " AND worker = ?2";
  return fmt::format(
      "WITH recent AS (SELECT * FROM attempts {} WHERE {} ORDER BY id DESC LIMIT ?4), "
      "points AS (SELECT recent.*, "
      "(SELECT build FROM attempt_builds WHERE attempt = recent.id ORDER BY position LIMIT 1) "
      "AS first_build, "
      "(SELECT build FROM attempt_builds WHERE attempt = recent.id ORDER BY position DESC LIMIT 1) "
      "AS last_build, "
      "(SELECT count(*) FROM hops WHERE attempt = recent.id) AS hop_count, "
      "(SELECT avg(duration_ns) FROM phases WHERE name = ?3 AND attempt = recent.id "
      "AND subject = '' AND hop >= 0) AS duration FROM recent) "
      "SELECT points.id, points.job, jobs.title, points.scenario, points.worker, points.accel, "
      "points.started_ns, points.verdict, one.title, other.title, one.release, other.release, "
      "other.digest, points.hop_count, points.bytes_verified, CAST(points.duration AS INTEGER) "
      "FROM points JOIN jobs ON jobs.id = points.job "
      "LEFT JOIN builds one ON one.id = first_build LEFT JOIN builds other ON other.id = "
      "last_build "
      "ORDER BY points.id DESC",
      index, where);
}

TrendPoint read_point(const Statement& row) {
  TrendPoint point;
  point.attempt = AttemptId{row.integer(0)};
  point.job = JobId{row.integer(1)};
  point.title = row.text(2);
  point.scenario = row.text(3);
  point.worker = row.text(4);
  point.accel = row.text(5);
  point.started = TimePoint{row.duration(6)};
  point.verdict = verdict_column(row, 7);
  point.outgoing = row.text(8);
  point.incoming = row.text(9);
  point.outgoing_release = row.text(10);
  point.incoming_release = row.text(11);
  point.incoming_build = row.text(12);
  point.hops = static_cast<std::uint32_t>(row.integer(13));
  const auto verified = static_cast<std::uint64_t>(row.integer(14));
  point.bytes_per_update = point.hops == 0 ? 0 : verified / point.hops;
  if (!row.is_null(15)) point.duration = row.duration(15);
  return point;
}

}  // namespace

std::vector<TrendPoint> Store::trend(const TrendFilter& filter) const {
  Statement row = database_.prepare(trend_sql(filter));
  row.start(filter.scenario, filter.worker, filter.phase, filter.newest);
  std::vector<TrendPoint> points;
  while (row.step()) points.push_back(read_point(row));
  return points;
}

}  // namespace luolab
