// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <boost/describe/class.hpp>

#include "worker/kernel/cache_folder.h"

namespace luolab {

/// What `build.json` of a build says: enough to use it without reading anything else.
struct BuildRecord {
  std::string digest;
  std::string title;  ///< "linux-7.3 + phase-stamps", as it was first asked for
  std::string family;
  std::vector<std::string> patches;  ///< their digests, in order
  std::string release;
  std::string build_id;
  std::string base_version;
  std::uint64_t steps = 0;  ///< make's steps where it was built from nothing, else 0
};
BOOST_DESCRIBE_STRUCT(BuildRecord, (),
                      (digest, title, family, patches, release, build_id, base_version, steps))

/// A finished build: a folder named by its key, holding bzImage, vmlinux, config, metadata.json,
/// build.json, build.log, and `obj` and `source` for growing others out of it.
struct CachedBuild {
  BuildRecord record;
  std::filesystem::path folder;
  std::filesystem::file_time_type used;  ///< when it was last asked for
};

/// Empty where there is no such build. Marks it as used now.
std::optional<CachedBuild> find_build(const CacheFolder& cache, const std::string& digest);

/// All finished builds, the last used first. Folders that are none are passed over.
std::vector<CachedBuild> list_builds(const CacheFolder& cache);

void write_record(const std::filesystem::path& folder, const BuildRecord& record);

/// Which builds to remove; an empty limit does not count.
struct GcPolicy {
  std::optional<std::size_t> keep;                     ///< at least the builds used last
  std::optional<std::chrono::nanoseconds> older_than;  ///< last used longer ago
};

/// Removes builds, and abandoned work areas. A build that somebody uses at this moment stays.
/// Returns the keys of those removed.
std::vector<std::string> collect_garbage(const CacheFolder& cache, const GcPolicy& policy);

}  // namespace luolab
