// SPDX-License-Identifier: Apache-2.0
#include "worker/kernel/tree_digest.h"

#include "core/base/sha256.h"

namespace luolab {
namespace {

namespace fs = std::filesystem;

bool is_executable(const fs::directory_entry& entry) {
  return (entry.status().permissions() & fs::perms::owner_exec) != fs::perms::none;
}

}  // namespace

void TreeDigest::add_file(std::string path, bool executable, std::string sha256) {
  entries_.insert_or_assign(std::move(path), (executable ? "x " : "- ") + std::move(sha256));
}

void TreeDigest::add_link(std::string path, std::string target) {
  entries_.insert_or_assign(std::move(path), "l " + std::move(target));
}

std::string TreeDigest::hex() const {
  Sha256 digest;
  for (const auto& [path, content] : entries_) digest.add_field(path).add_field(content);
  return digest.hex();
}

std::string digest_of_tree(const fs::path& root) {
  TreeDigest digest;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    const std::string path = entry.path().string().substr(root.string().size() + 1);
    if (entry.is_symlink()) {
      digest.add_link(path, fs::read_symlink(entry.path()).string());
    } else if (entry.is_regular_file()) {
      digest.add_file(path, is_executable(entry), sha256_of_file(entry.path()));
    }
  }
  return digest.hex();
}

}  // namespace luolab
