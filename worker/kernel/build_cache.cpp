// SPDX-License-Identifier: Apache-2.0
#include "worker/kernel/build_cache.h"

#include <algorithm>

#include "core/protocol/json.h"

namespace luolab {
namespace {

namespace fs = std::filesystem;

constexpr const char* kRecordName = "build.json";
constexpr std::uint64_t kRecordLimit = 4 << 20;

std::optional<CachedBuild> read_build(const fs::path& folder) {
  const fs::path file = folder / kRecordName;
  const auto text = read_file(file, kRecordLimit);
  if (!text) return std::nullopt;
  auto record = from_json<BuildRecord>(*text);
  std::error_code error;
  const auto used = fs::last_write_time(file, error);
  if (!record || error) return std::nullopt;
  return CachedBuild{std::move(*record), folder, used};
}

bool is_collectable(const CachedBuild& build, std::size_t rank, const GcPolicy& policy) {
  if (policy.keep && rank < *policy.keep) return false;
  if (!policy.older_than) return policy.keep.has_value();
  return fs::file_time_type::clock::now() - build.used > *policy.older_than;
}

bool remove_build(const CacheFolder& cache, const CachedBuild& build) {
  const FileLock lock = FileLock::attempt(cache.lock(build.record.digest));
  if (!lock.held()) return false;
  const WorkArea grave(cache);
  publish(build.folder, grave.path() / "build");
  return true;
}

}  // namespace

std::optional<CachedBuild> find_build(const CacheFolder& cache, const std::string& digest) {
  auto build = read_build(cache.build(digest));
  if (!build) return std::nullopt;
  std::error_code ignored;  // a cache that may only be read is still a cache
  fs::last_write_time(build->folder / kRecordName, fs::file_time_type::clock::now(), ignored);
  return build;
}

std::vector<CachedBuild> list_builds(const CacheFolder& cache) {
  std::vector<CachedBuild> builds;
  if (!fs::is_directory(cache.builds())) return builds;
  for (const auto& entry : fs::directory_iterator(cache.builds())) {
    if (auto build = read_build(entry.path())) builds.push_back(std::move(*build));
  }
  std::sort(builds.begin(), builds.end(),
            [](const CachedBuild& one, const CachedBuild& other) { return one.used > other.used; });
  return builds;
}

void write_record(const fs::path& folder, const BuildRecord& record) {
  write_file_atomically(folder / kRecordName, pretty(to_json(record)));
}

std::vector<std::string> collect_garbage(const CacheFolder& cache, const GcPolicy& policy) {
  collect_abandoned(cache);
  std::vector<std::string> removed;
  const std::vector<CachedBuild> builds = list_builds(cache);
  for (std::size_t rank = 0; rank < builds.size(); ++rank) {
    if (!is_collectable(builds[rank], rank, policy)) continue;
    if (remove_build(cache, builds[rank])) removed.push_back(builds[rank].record.digest);
  }
  return removed;
}

}  // namespace luolab
