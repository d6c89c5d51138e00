// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "core/base/file.h"

namespace luolab {

/// Where things lie below the cache folder. A plain value.
struct CacheFolder {
  std::filesystem::path root;

  std::filesystem::path bases() const { return root / "bases"; }
  std::filesystem::path builds() const { return root / "builds"; }
  std::filesystem::path build(const std::string& digest) const { return builds() / digest; }
  std::filesystem::path failed_logs() const { return root / "failed"; }
  std::filesystem::path work() const { return root / "work"; }
  std::filesystem::path lock(const std::string& name) const {
    return root / "locks" / (name + ".lock");
  }
  std::filesystem::path apt() const { return root / "apt"; }
  std::filesystem::path git() const { return root / "git"; }
  std::filesystem::path compiler_cache() const { return root / "ccache"; }

  /// Makes the folders. Throws std::filesystem::filesystem_error where the disk refuses.
  void create() const;
};

/// A folder in which one process makes something that it renames into place when it is whole.
/// Locked while it lives, so that `collect_abandoned` can tell those of dead processes.
/// The destructor removes the folder.
class WorkArea {
 public:
  explicit WorkArea(const CacheFolder& cache);
  WorkArea(const WorkArea&) = delete;
  ~WorkArea();
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  std::optional<FileLock> lock_;
};

/// Removes the work areas whose owners are dead. Returns how many.
int collect_abandoned(const CacheFolder& cache);

/// Moves a finished folder into place; where there is one already, that one stays.
void publish(const std::filesystem::path& finished, const std::filesystem::path& place);

}  // namespace luolab
