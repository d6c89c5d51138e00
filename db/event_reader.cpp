// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "db/column.h"
#include "db/store.h"

namespace luolab {
namespace {

EventRow read_event(const Statement& row) {
  return {row.integer(0),
          TimePoint{row.duration(1)},
          id_column<RunId>(row, 2),
          id_column<JobId>(row, 3),
          row.text(4),
          row.text(5),
          row.text(6)};
}

/// The index that gives the fewest rows for this filter, in the order of seq.
std::string_view driving_index(const EventFilter& filter) {
  if (filter.job) return "INDEXED BY events_by_job";
  if (filter.run) return "INDEXED BY events_by_run";
  if (!filter.worker.empty()) return "INDEXED BY events_by_worker";
  const bool of_no_job = !filter.kind.empty() && !filter.kind.starts_with("job");
  return of_no_job ? "INDEXED BY events_of_no_job" : "NOT INDEXED";
}

std::string events_sql(const EventFilter& filter) {
  const std::string_view index = driving_index(filter);
  std::string where = "seq > ?1";
  if (filter.run) where += " AND run = ?2";
  if (filter.job) where += " AND job = ?3";
  if (!filter.worker.empty()) where += " AND worker = ?4";
  if (index.ends_with("events_of_no_job")) where += " AND job IS NULL";
  return fmt::format(
      "SELECT seq, time_ns, run, job, worker, kind, json FROM events {} WHERE {} AND "
      "(?5 = '' OR substr(kind, 1, length(?5)) = ?5) ORDER BY seq LIMIT ?6",
      index, where);
}

}  // namespace

std::vector<EventRow> Store::events(const EventFilter& filter) const {
  Statement row = database_.prepare(events_sql(filter));
  row.start(filter.after, id_value(filter.run), id_value(filter.job), filter.worker, filter.kind,
            page_limit(filter.limit));
  std::vector<EventRow> events;
  while (row.step()) events.push_back(read_event(row));
  return events;
}

std::vector<EventRow> Store::events(std::int64_t after, std::size_t limit) const {
  Statement row = database_.prepare(
      "SELECT seq, time_ns, run, job, worker, kind, json FROM events WHERE seq > ?1 "
      "ORDER BY seq LIMIT ?2");
  row.start(after, limit);
  std::vector<EventRow> events;
  while (row.step()) events.push_back(read_event(row));
  return events;
}

std::int64_t Store::last_event() const {
  Statement row = database_.prepare("SELECT max(seq) FROM events");
  return row.step() ? row.integer(0) : 0;
}

}  // namespace luolab
