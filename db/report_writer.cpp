// SPDX-License-Identifier: Apache-2.0
#include "db/report_writer.h"

#include <map>
#include <utility>

#include "core/base/sha256.h"
#include "db/digest_column.h"
#include "db/search_index.h"

namespace luolab {
namespace {

/// Runs `insert(position, item)` for each item.
template <class T, class Insert>
void each_row(const std::vector<T>& items, Insert insert) {
  std::int64_t position = 0;
  for (const T& item : items) insert(position++, item);
}

std::int64_t build_row(Database& database, const BuildReport& build, TimePoint time) {
  const std::string content = Sha256()
                                  .add_field(build.digest)
                                  .add_field(build.title)
                                  .add_field(build.release)
                                  .add_field(build.base_version)
                                  .add_field(build.build_id)
                                  .add_field(build.metadata_json)
                                  .hex();
  database
      .prepare(
          "INSERT INTO builds (content_sha256, digest, title, release, base_version, build_id, "
          "metadata_json, first_seen_ns) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) "
          "ON CONFLICT (content_sha256) DO NOTHING")
      .run(content, build.digest, build.title, build.release, build.base_version, build.build_id,
           build.metadata_json, time.time_since_epoch());
  Statement found = database.prepare("SELECT id FROM builds WHERE content_sha256 = ?1");
  found.start(content);
  found.step();
  return found.integer(0);
}

void write_builds(Database& database, std::int64_t attempt, const AttemptReport& report,
                  TimePoint time) {
  Statement insert = database.prepare("INSERT INTO attempt_builds VALUES (?1, ?2, ?3)");
  each_row(report.builds, [&](std::int64_t position, const BuildReport& build) {
    insert.run(attempt, position, build_row(database, build, time));
  });
}

void write_hops(Database& database, std::int64_t attempt, const AttemptReport& report) {
  Statement insert =
      database.prepare("INSERT INTO hops VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)");
  each_row(report.hops, [&](std::int64_t position, const HopReport& hop) {
    insert.run(attempt, position, hop.index, hop.outgoing_build, hop.incoming_build,
               hop.outgoing_boot_id, hop.incoming_boot_id, hop.incoming_release,
               hop.incoming_build_id);
  });
}

void write_phases(Database& database, std::int64_t attempt, const AttemptReport& report) {
  Statement insert =
      database.prepare("INSERT INTO phases VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)");
  each_row(report.phases, [&](std::int64_t position, const Phase& phase) {
    insert.run(attempt, position, phase.name, phase.hop, phase.subject, phase.start_tsc,
               phase.end_tsc, phase.start, phase.end, phase.duration);
  });
}

/// Numbers each pair of memfd and algorithm and writes it once.
class ChecksumSubjects {
 public:
  ChecksumSubjects(const Database& database, std::int64_t attempt)
      : insert_(database.prepare("INSERT INTO checksum_subjects VALUES (?1, ?2, ?3, ?4)")),
        attempt_(attempt) {}

  std::size_t number(const Checksum& checksum) {
    const auto [entry, is_new] =
        numbers_.try_emplace({checksum.memfd, checksum.algorithm}, numbers_.size());
    if (is_new) insert_.run(attempt_, entry->second, checksum.memfd, checksum.algorithm);
    return entry->second;
  }

 private:
  Statement insert_;
  std::int64_t attempt_;
  std::map<std::pair<std::string, std::string>, std::size_t> numbers_;
};

void write_checksums(Database& database, std::int64_t attempt, const AttemptReport& report) {
  ChecksumSubjects subjects(database, attempt);
  Statement insert =
      database.prepare("INSERT INTO checksums VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)");
  each_row(report.checksums, [&](std::int64_t position, const Checksum& sum) {
    insert.run(attempt, position, subjects.number(sum), sum.hop, sum.offset_bytes, sum.length_bytes,
               digest_value(sum.expected),
               sum.actual == sum.expected ? DigestValue(nullptr) : digest_value(sum.actual));
  });
}

void write_checks(Database& database, std::int64_t attempt, const AttemptReport& report) {
  Statement insert = database.prepare("INSERT INTO checks VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
  each_row(report.checks, [&](std::int64_t position, const Check& check) {
    insert.run(attempt, position, check.hop, check.name, check.subject, verdict_name(check.verdict),
               check.detail);
  });
}

void write_measurements(Database& database, std::int64_t attempt, const AttemptReport& report) {
  Statement insert =
      database.prepare("INSERT INTO measurements VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
  each_row(report.measurements, [&](std::int64_t position, const Measurement& measurement) {
    insert.run(attempt, position, measurement.hop, measurement.name, measurement.value,
               measurement.unit, measurement.detail);
  });
}

void write_findings(Database& database, std::int64_t attempt, const AttemptReport& report) {
  Statement insert = database.prepare("INSERT INTO findings VALUES (?1, ?2, ?3, ?4, ?5)");
  std::string excerpts;
  each_row(report.findings, [&](std::int64_t position, const ConsoleFinding& finding) {
    insert.run(attempt, position, finding.kind, finding.offset_bytes, finding.excerpt);
    excerpts += finding.excerpt;
    excerpts += '\n';
  });
  if (!excerpts.empty()) index_findings(database, attempt, excerpts);
}

void write_artifacts(Database& database, std::int64_t attempt, const AttemptReport& report) {
  Statement insert = database.prepare(
      "INSERT INTO artifacts (attempt, position, name, sha256, size_bytes) "
      "VALUES (?1, ?2, ?3, ?4, ?5)");
  each_row(report.artifacts, [&](std::int64_t position, const Artifact& artifact) {
    insert.run(attempt, position, artifact.name, artifact.sha256, artifact.size_bytes);
  });
}

}  // namespace

void write_report_rows(Database& database, AttemptId attempt, const AttemptReport& report,
                       TimePoint time) {
  write_builds(database, attempt.value, report, time);
  write_hops(database, attempt.value, report);
  write_phases(database, attempt.value, report);
  write_checksums(database, attempt.value, report);
  write_checks(database, attempt.value, report);
  write_measurements(database, attempt.value, report);
  write_findings(database, attempt.value, report);
  write_artifacts(database, attempt.value, report);
}

}  // namespace luolab
