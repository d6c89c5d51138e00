// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "db/column.h"
#include "db/report_reader.h"
#include "db/store.h"

namespace luolab {
namespace {

/// A list of reports as a table.
struct RowTable {
  std::string_view rows;        ///< its name
  std::string_view columns;     ///< the item's, in the order of its struct
  std::string_view name;        ///< the column that RowFilter::name narrows
  std::string_view name_index;  ///< gives rows of one name by attempt; empty: there is none
};

constexpr RowTable kPhases{"phases",
                           "name, hop, subject, start_tsc, end_tsc, start_ns, end_ns, duration_ns",
                           "name", "phases_by_name"};
constexpr RowTable kMeasurements{"measurements", "hop, name, value, unit, detail", "name",
                                 "measurements_by_name"};
constexpr RowTable kChecksums{"checksums",
                              "hop, memfd, offset_bytes, length_bytes, algorithm, expected, actual",
                              "memfd", ""};

/// Where the walk begins: at few attempts, or at all rows of a name, or at all rows.
std::string walk(const RowTable& table, const RowFilter& filter) {
  const std::string_view rows = table.rows;
  if (filter.attempt || filter.job || !filter.scenario.empty()) {
    const std::string_view how =
        filter.attempt || filter.job ? "" : "INDEXED BY attempts_by_scenario";
    return fmt::format("attempts {} CROSS JOIN {} ON {}.attempt = attempts.id", how, rows, rows);
  }
  const bool by_name = !filter.name.empty() && !table.name_index.empty();
  const std::string how = by_name ? fmt::format("INDEXED BY {}", table.name_index) : "NOT INDEXED";
  return fmt::format("{} {} CROSS JOIN attempts ON attempts.id = {}.attempt", rows, how, rows);
}

std::string rows_sql(const RowTable& table, const RowFilter& filter) {
  const std::string_view rows = table.rows;
  const bool from_attempts = filter.attempt || filter.job || !filter.scenario.empty();
  const std::string attempt = from_attempts ? "attempts.id" : fmt::format("{}.attempt", rows);
  std::string where = "1";
  if (filter.attempt) where += " AND attempts.id = ?1";
  if (filter.job) where += " AND attempts.job = ?2";
  if (!filter.scenario.empty()) where += " AND attempts.scenario = ?3";
  if (!filter.name.empty()) where += fmt::format(" AND {} = ?4", table.name);
  if (filter.before) {
    where += fmt::format(" AND {0} <= ?5 AND ({0} < ?5 OR {1}.position < ?6)", attempt, rows);
  }
  const std::string_view subjects =
      rows == "checksums" ? "CROSS JOIN checksum_subjects USING (attempt, subject)" : "";
  return fmt::format(
      "SELECT {}, attempts.id, {}.position, attempts.job, attempts.scenario FROM {} {} WHERE {} "
      "ORDER BY {} DESC, {}.position DESC LIMIT ?7",
      table.columns, rows, walk(table, filter), subjects, where, attempt, rows);
}

template <class T>
std::vector<ReportRow<T>> read_rows(const Database& database, const RowTable& table,
                                    const RowFilter& filter, int columns,
                                    T (*read)(const Statement&)) {
  const RowPlace before = filter.before.value_or(RowPlace{});
  Statement row = database.prepare(rows_sql(table, filter));
  row.start(id_value(filter.attempt), id_value(filter.job), filter.scenario, filter.name,
            before.attempt.value, before.position, page_limit(filter.limit));
  std::vector<ReportRow<T>> items;
  while (row.step()) {
    items.push_back({{AttemptId{row.integer(columns)}, row.integer(columns + 1)},
                     JobId{row.integer(columns + 2)},
                     row.text(columns + 3),
                     read(row)});
  }
  return items;
}

}  // namespace

std::vector<ReportRow<Phase>> Store::phases(const RowFilter& filter) const {
  return read_rows<Phase>(database_, kPhases, filter, 8, read_phase);
}

std::vector<ReportRow<Checksum>> Store::checksums(const RowFilter& filter) const {
  return read_rows<Checksum>(database_, kChecksums, filter, 7, read_checksum);
}

std::vector<ReportRow<Measurement>> Store::measurements(const RowFilter& filter) const {
  return read_rows<Measurement>(database_, kMeasurements, filter, 5, read_measurement);
}

}  // namespace luolab
