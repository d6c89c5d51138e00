// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "worker/kernel/sandbox.h"

namespace luolab {

/// A base with patches, without a copy of the base. Folders in which a patch touches a file are
/// real and hold hard links to the base's files, all else is the base's; mounted over one another
/// they look like a patched source tree. patch(1) replaces a file by renaming, so the
/// base's own file stays as it is.
class PatchedTree {
 public:
  /// `folder` holds the real folders and the list of them; it may be that of another patched tree,
  /// copied by `copy_from`.
  PatchedTree(std::filesystem::path base, std::filesystem::path folder);

  /// Starts from another patched tree of the same base. Throws std::filesystem::filesystem_error.
  void copy_from(const std::filesystem::path& other_folder);

  /// Makes real what is needed to change `files` (paths below the root). False where one
  /// leads out of the tree.
  bool open(const std::vector<std::string>& files);

  /// patch(1) removes a folder that it empties; `mounts` needs them all. To be called after
  /// patching.
  void restore_folders();

  /// What to mount so that the whole appears at `place`, read-only.
  std::vector<Mount> mounts(const std::string& place) const;

  /// The real folders: what patch(1) works on.
  std::filesystem::path real() const { return folder_ / "real"; }

 private:
  void make_real(const std::string& directory);
  std::string nearest_directory(const std::string& file) const;
  void save() const;

  std::filesystem::path base_;
  std::filesystem::path folder_;
  std::set<std::string> touched_;  ///< "" is the root; parents sort before children
};

}  // namespace luolab
