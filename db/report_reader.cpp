// SPDX-License-Identifier: Apache-2.0
#include "db/report_reader.h"

#include <limits>

#include <fmt/format.h>

#include "db/column.h"
#include "db/digest_column.h"

namespace luolab {
namespace {

/// One T per row of the attempt.
template <class T, class Read>
std::vector<T> rows(const Database& database, AttemptId attempt, std::string_view sql, Read read) {
  Statement row = database.prepare(sql);
  row.start(attempt.value);
  std::vector<T> items;
  while (row.step()) items.push_back(read(row));
  return items;
}

std::int32_t hop_column(const Statement& row, int column) {
  return static_cast<std::int32_t>(row.integer(column));
}

std::optional<std::uint64_t> optional_bits(const Statement& row, int column) {
  return row.is_null(column) ? std::nullopt : std::optional(row.bits(column));
}

double number_column(const Statement& row, int column) {
  return row.is_null(column) ? std::numeric_limits<double>::quiet_NaN() : row.real(column);
}

std::string digest_column(const Statement& row, int column) {
  return row.is_blob(column) ? digest_text(row.blob(column)) : row.text(column);
}

BuildReport read_build(const Statement& row) {
  return {row.text(0), row.text(1), row.text(2), row.text(3), row.text(4), row.text(5)};
}

HopReport read_hop(const Statement& row) {
  return {static_cast<std::uint32_t>(row.integer(0)),
          row.text(1),
          row.text(2),
          row.text(3),
          row.text(4),
          row.text(5),
          row.text(6)};
}

Check read_check(const Statement& row) {
  return {hop_column(row, 0), row.text(1), row.text(2), verdict_column(row, 3), row.text(4)};
}

ConsoleFinding read_finding(const Statement& row) {
  return {row.text(0), row.bits(1), row.text(2)};
}

Artifact read_artifact(const Statement& row) { return {row.text(0), row.text(1), row.bits(2), ""}; }

}  // namespace

Phase read_phase(const Statement& row) {
  return {row.text(0),           hop_column(row, 1), row.text(2),     optional_bits(row, 3),
          optional_bits(row, 4), row.duration(5),    row.duration(6), row.duration(7)};
}

Checksum read_checksum(const Statement& row) {
  const std::string expected = digest_column(row, 5);
  return {hop_column(row, 0),
          row.text(1),
          row.bits(2),
          row.bits(3),
          row.text(4),
          expected,
          row.is_null(6) ? expected : digest_column(row, 6)};
}

Measurement read_measurement(const Statement& row) {
  return {hop_column(row, 0), row.text(1), number_column(row, 2), row.text(3), row.text(4)};
}

Verdict verdict_column(const Statement& row, int column) {
  const std::string name = row.text(column);
  if (const auto verdict = parse_verdict(name)) return *verdict;
  throw SqliteError(SqliteFault::corrupt,
                    fmt::format("the store holds the unknown verdict \"{}\"", name));
}

void read_report_rows(const Database& database, AttemptId attempt, AttemptReport& report) {
  report.builds = rows<BuildReport>(
      database, attempt,
      "SELECT digest, title, release, base_version, build_id, metadata_json FROM attempt_builds "
      "JOIN builds ON builds.id = build WHERE attempt = ?1 ORDER BY position",
      read_build);
  report.hops = rows<HopReport>(
      database, attempt,
      "SELECT hop, outgoing_build, incoming_build, outgoing_boot_id, incoming_boot_id, "
      "incoming_release, incoming_build_id FROM hops WHERE attempt = ?1 ORDER BY position",
      read_hop);
  report.phases =
      rows<Phase>(database, attempt,
                  "SELECT name, hop, subject, start_tsc, end_tsc, start_ns, end_ns, duration_ns "
                  "FROM phases WHERE attempt = ?1 ORDER BY position",
                  read_phase);
  report.checksums = rows<Checksum>(
      database, attempt,
      "SELECT hop, memfd, offset_bytes, length_bytes, algorithm, expected, actual FROM checksums "
      "JOIN checksum_subjects USING (attempt, subject) WHERE attempt = ?1 ORDER BY position",
      read_checksum);
  report.checks = rows<Check>(
      database, attempt,
      "SELECT hop, name, subject, verdict, detail FROM checks WHERE attempt = ?1 ORDER BY position",
      read_check);
  report.measurements = rows<Measurement>(database, attempt,
                                          "SELECT hop, name, value, unit, detail FROM measurements "
                                          "WHERE attempt = ?1 ORDER BY position",
                                          read_measurement);
  report.findings = rows<ConsoleFinding>(
      database, attempt,
      "SELECT kind, offset_bytes, excerpt FROM findings WHERE attempt = ?1 ORDER BY position",
      read_finding);
  report.artifacts = rows<Artifact>(
      database, attempt,
      "SELECT name, sha256, size_bytes FROM artifacts WHERE attempt = ?1 ORDER BY position",
      read_artifact);
}

}  // namespace luolab
