// SPDX-License-Identifier: Apache-2.0
#include "worker/lease/shared_builds.h"

#include <boost/json.hpp>

#include "core/base/file.h"
#include "core/protocol/json.h"
#include "worker/kernel/build_cache.h"
#include "worker/lease/build_archive.h"

namespace luolab {
namespace {

namespace fs = std::filesystem;

constexpr const char* kOrigin = "origin";  ///< the key it had where it was built

bool is_digest(std::string_view text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

fs::path file_of(const CacheFolder& cache) { return cache.root / "shared-builds.json"; }

}  // namespace

SharedBuilds::SharedBuilds(CacheFolder cache) : cache_(std::move(cache)) {
  const auto text = read_file(file_of(cache_), std::uint64_t{16} << 20);
  boost::system::error_code code;
  const boost::json::value json = boost::json::parse(text ? *text : "", code);
  if (code || !json.is_object()) return;
  for (const auto& [key, place] : json.as_object()) {
    if (place.is_string() && is_digest(std::string_view(place.as_string()))) {
      places_[key] = std::string_view(place.as_string());
    }
  }
}

fs::path SharedBuilds::folder(const std::string& key) const {
  const auto found = places_.find(key);
  return found == places_.end() ? fs::path() : cache_.build(found->second);
}

std::optional<KernelBuild> SharedBuilds::find(const std::string& key) const {
  const auto found = places_.find(key);
  if (found == places_.end()) return std::nullopt;
  const auto cached = find_build(cache_, found->second);
  if (!cached) return std::nullopt;
  const auto origin = read_file(cached->folder / kOrigin, 64);
  return KernelBuild{origin && is_digest(*origin) ? *origin : cached->record.digest,
                     cached->folder / "bzImage",
                     cached->folder / "vmlinux",
                     cached->folder / "metadata.json",
                     cached->record.release,
                     cached->record.build_id,
                     cached->record.base_version};
}

std::vector<std::string> SharedBuilds::keys() const {
  std::vector<std::string> there;
  for (const auto& [key, place] : places_) {
    if (fs::exists(cache_.build(place) / "build.json")) there.push_back(key);
  }
  return there;
}

void SharedBuilds::remember(const std::string& key, const std::string& digest) {
  std::string& place = places_[key];
  if (place == digest) return;
  place = digest;
  save();
}

void SharedBuilds::save() const {
  boost::json::object json;
  for (const auto& [key, place] : places_) json[key] = place;
  write_file_atomically(file_of(cache_), pretty(json));
}

Result<void> SharedBuilds::install(const CacheFolder& cache, const fs::path& archive,
                                   const std::string& archive_digest) {
  const WorkArea area(cache);
  const fs::path build = area.path() / "build";
  fs::create_directories(build);
  auto record = unpack_build(archive, build);
  if (!record) return record.error();
  write_scratch_file(build / kOrigin, record->digest);
  record->digest = archive_digest;
  record->family.clear();  // it has no object files: nothing can be grown out of it
  record->patches.clear();
  record->steps = 0;
  write_record(build, *record);
  publish(build, cache.build(archive_digest));
  return {};
}

}  // namespace luolab
