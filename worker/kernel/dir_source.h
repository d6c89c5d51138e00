// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/async/task.h"
#include "core/base/error.h"
#include "worker/kernel/cache_folder.h"

namespace luolab {

/// A source folder as it is at one moment: which files belong to it, and the digest of them.
struct DirState {
  std::vector<std::string> files;  ///< below the folder
  std::string digest;
};

/// Reads a source folder of the user. In a git checkout the files are those that git tracks and
/// those that it would add (so objects of builds inside the tree are left out); elsewhere all
/// files. Contents are read once: an index in the cache remembers the digest of each file under its
/// size, dates and inode. Blocks. Fault::scenario where there is no kernel source.
Result<DirState> read_dir_state(const CacheFolder& cache, const std::filesystem::path& folder);

/// Copies the files with their dates. Blocks. Throws std::filesystem::filesystem_error.
void copy_dir(const std::filesystem::path& folder, const DirState& state,
              const std::filesystem::path& target);

}  // namespace luolab
