// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace luolab {

/// The content of a source tree as one digest: for every file its path below the root, whether it
/// is executable, and its SHA-256 or, for a symbolic link, its target. Dates, owners and the order
/// of additions do not count, so the same source from a package, a tarball or git is the same.
class TreeDigest {
 public:
  void add_file(std::string path, bool executable, std::string sha256);
  void add_link(std::string path, std::string target);
  std::string hex() const;

 private:
  std::map<std::string, std::string> entries_;
};

/// Reads the whole tree. Blocks. Throws std::system_error where it can't be read.
std::string digest_of_tree(const std::filesystem::path& root);

}  // namespace luolab
