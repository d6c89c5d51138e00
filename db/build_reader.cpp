// SPDX-License-Identifier: Apache-2.0
#include "db/store.h"

namespace luolab {
namespace {

/// Papers are named after the beginning of the build's key (worker/run).
constexpr std::size_t kNamedDigits = 16;

/// The builds of a base are the few that people made of it; of a store where they are many, the
/// newest so many are looked at.
constexpr std::size_t kMostBuilds = 1000;

BuildRow read_build(const Statement& row) {
  return {{row.text(0), row.text(1), row.text(2), row.text(3), row.text(4), row.text(5)},
          TimePoint{row.duration(6)},
          static_cast<std::size_t>(row.integer(7)),
          row.integer(8)};
}

constexpr std::string_view kColumns =
    "SELECT digest, title, release, base_version, build_id, metadata_json, first_seen_ns, "
    "build_uses.attempts, builds.id FROM builds JOIN build_uses ON build = builds.id ";

/// The newest that is left of what attempts kept.
std::string paper(const Database& database, const BuildRow& build, std::string_view kind) {
  Statement row = database.prepare(
      "SELECT artifacts.sha256 FROM attempt_builds CROSS JOIN artifacts "
      "ON artifacts.attempt = attempt_builds.attempt AND artifacts.name = ?2 AND expired = 0 "
      "WHERE attempt_builds.build = ?1 ORDER BY attempt_builds.attempt DESC LIMIT 1");
  row.start(build.id, std::string(kind) + "-" + build.build.digest.substr(0, kNamedDigits));
  return row.step() ? row.text(0) : std::string();
}

BuildPapers papers_of(const Database& database, BuildRow build) {
  std::string config = paper(database, build, "config");
  std::string log = paper(database, build, "build.log");
  return {std::move(build), std::move(config), std::move(log)};
}

}  // namespace

std::vector<BuildRow> Store::builds(std::size_t limit, std::optional<std::int64_t> before) const {
  Statement row =
      database_.prepare(std::string(kColumns) +
                        "WHERE ?2 IS NULL OR builds.id < ?2 ORDER BY builds.id DESC LIMIT ?1");
  row.start(limit, before);
  std::vector<BuildRow> builds;
  while (row.step()) builds.push_back(read_build(row));
  return builds;
}

std::optional<BuildPapers> Store::build_papers(std::string_view digest) const {
  Statement row = database_.prepare(std::string(kColumns) +
                                    "WHERE digest = ?1 ORDER BY builds.id DESC LIMIT 1");
  row.start(digest);
  if (!row.step()) return {};
  return papers_of(database_, read_build(row));
}

std::optional<BuildPapers> Store::baseline_of(const BuildRow& build) const {
  // The plainest first. What others wrote as metadata may be no JSON.
  Statement row = database_.prepare(
      "WITH recent AS (SELECT *, CASE WHEN json_valid(metadata_json) THEN metadata_json ELSE '{}' "
      "END AS metadata FROM builds ORDER BY id DESC LIMIT ?3), "
      "same AS (SELECT *, coalesce(json_array_length(metadata, '$.patches'), 0) AS patches, "
      "coalesce(json_array_length(metadata, '$.fragments'), 0) AS fragments FROM recent "
      "WHERE base_version = ?1) "
      "SELECT digest, title, release, base_version, build_id, metadata_json, first_seen_ns, "
      "build_uses.attempts, same.id FROM same JOIN build_uses ON build = same.id "
      "WHERE digest <> ?2 AND "
      "(patches, fragments) < (SELECT patches, fragments FROM same WHERE id = ?4) "
      "ORDER BY patches, fragments, same.id LIMIT 1");
  row.start(build.build.base_version, build.build.digest, kMostBuilds, build.id);
  if (!row.step()) return {};
  return papers_of(database_, read_build(row));
}

}  // namespace luolab
