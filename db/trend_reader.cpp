// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "db/column.h"
#include "db/store.h"

namespace luolab {
namespace {

/// The index that has the filtered columns in front; without any filter, the table itself.
std::string index_for(const TrendFilter& filter) {
  std::string name;
  if (!filter.scenario.empty()) name += "_scenario";
  if (!filter.worker.empty()) name += "_worker";
  if (filter.size) name += "_size";
  return name.empty() ? "NOT INDEXED" : "INDEXED BY trend_by" + name;
}

std::string trend_sql(const TrendFilter& filter) {
  std::string where = "1";
  if (!filter.scenario.empty()) where += " AND scenario = ?1";
  if (!filter.worker.empty()) where += " AND worker = ?2";
  if (filter.size) where += " AND update_bytes = ?3";
  return fmt::format(
      "WITH recent AS (SELECT * FROM trend_points {} WHERE {} ORDER BY attempt DESC LIMIT ?5) "
      "SELECT recent.attempt, attempts.job, jobs.title, recent.scenario, recent.worker, "
      "attempts.accel, attempts.started_ns, recent.verdict, one.title, other.title, one.release, "
      "other.release, other.digest, recent.hops, recent.update_bytes, "
      "(SELECT CAST(avg(duration_ns) AS INTEGER) FROM phases WHERE name = ?4 "
      "AND attempt = recent.attempt AND subject = '' AND hop >= 0) "
      "FROM recent CROSS JOIN attempts ON attempts.id = recent.attempt "
      "CROSS JOIN jobs ON jobs.id = attempts.job "
      "LEFT JOIN builds one ON one.id = outgoing LEFT JOIN builds other ON other.id = incoming "
      "ORDER BY recent.attempt DESC",
      index_for(filter), where);
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
  point.bytes_per_update = row.bits(14);
  if (!row.is_null(15)) point.duration = row.duration(15);
  return point;
}

}  // namespace

std::vector<TrendPoint> Store::trend(const TrendFilter& filter) const {
  Statement row = database_.prepare(trend_sql(filter));
  row.start(filter.scenario, filter.worker, filter.size, filter.phase, filter.newest);
  std::vector<TrendPoint> points;
  while (row.step()) points.push_back(read_point(row));
  return points;
}

}  // namespace luolab
