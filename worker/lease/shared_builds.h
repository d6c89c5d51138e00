// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "worker/kernel/cache_folder.h"
#include "worker/kernel/kernel_builder.h"

namespace luolab {

/// Which builds of the cache have a key that the fleet shares them by (build_key), remembered in
/// the cache's shared-builds.json. Builds that were got from others lie in the cache under the
/// digest of their archive, so that nobody else's word decides what a build of our own is.
/// One process writes at a time; losing the file only costs work. One thread.
class SharedBuilds {
 public:
  /// A file that is missing or damaged is an empty one.
  explicit SharedBuilds(CacheFolder cache);

  /// The build where it is still in the cache. Marks it as used.
  std::optional<KernelBuild> find(const std::string& key) const;
  /// The folder of a build in the cache, by its name there.
  std::filesystem::path folder(const std::string& key) const;
  /// Keys whose builds are there, sorted.
  std::vector<std::string> keys() const;
  /// A build that was made here.
  void remember(const std::string& key, const std::string& digest);
  /// Puts a build from an archive into the cache, as `archive_digest`. Blocks (see unpack_build).
  static Result<void> install(const CacheFolder& cache, const std::filesystem::path& archive,
                              const std::string& archive_digest);

 private:
  void save() const;

  CacheFolder cache_;
  std::map<std::string, std::string> places_;  ///< key -> name in the cache
};

}  // namespace luolab
