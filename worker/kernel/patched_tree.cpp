// SPDX-License-Identifier: Apache-2.0
#include "worker/kernel/patched_tree.h"

#include <sstream>

#include "core/base/file.h"

namespace luolab {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kListLimit = 16 << 20;

bool is_real_directory(const fs::path& path) { return fs::is_directory(fs::symlink_status(path)); }

bool stays_inside(const std::string& file) {
  const fs::path path(file);
  if (file.empty() || path.is_absolute()) return false;
  for (const fs::path& part : path) {
    if (part == "..") return false;
  }
  return true;
}

std::string below(const std::string& place, const std::string& directory) {
  return directory.empty() ? place : place + "/" + directory;
}

}  // namespace

PatchedTree::PatchedTree(fs::path base, fs::path folder)
    : base_(std::move(base)), folder_(std::move(folder)) {
  fs::create_directories(real());
}

void PatchedTree::copy_from(const fs::path& other_folder) {
  fs::copy(other_folder / "real", real(),
           fs::copy_options::recursive | fs::copy_options::create_hard_links |
               fs::copy_options::copy_symlinks);
  if (const auto list = read_file(other_folder / "touched", kListLimit)) {
    std::istringstream lines(*list);
    for (std::string line; std::getline(lines, line);) touched_.insert(line == "." ? "" : line);
  }
  save();
}

bool PatchedTree::open(const std::vector<std::string>& files) {
  for (const std::string& file : files) {
    if (!stays_inside(file)) return false;
    make_real(nearest_directory(file));
  }
  save();
  return true;
}

void PatchedTree::restore_folders() {
  for (const std::string& directory : touched_) fs::create_directories(real() / directory);
}

std::vector<Mount> PatchedTree::mounts(const std::string& place) const {
  std::vector<Mount> mounts = {{base_, place}};
  for (const std::string& directory : touched_) {
    mounts.push_back({real() / directory, below(place, directory)});
    for (const auto& entry : fs::directory_iterator(base_ / directory)) {
      const std::string name = entry.path().filename().string();
      const std::string child = directory.empty() ? name : directory + "/" + name;
      if (!entry.is_symlink() && entry.is_directory() && !touched_.contains(child)) {
        mounts.push_back({entry.path(), below(place, child)});
      }
    }
  }
  return mounts;
}

void PatchedTree::make_real(const std::string& directory) {
  if (!touched_.insert(directory).second) return;
  const fs::path target = real() / directory;
  fs::create_directories(target);
  for (const auto& entry : fs::directory_iterator(base_ / directory)) {
    const fs::path copy = target / entry.path().filename();
    if (entry.is_symlink()) {
      fs::copy_symlink(entry.path(), copy);
    } else if (entry.is_directory()) {
      fs::create_directories(copy);
    } else {
      fs::create_hard_link(entry.path(), copy);
    }
  }
}

/// The deepest folder of the base on the way to `file`; symbolic links are not followed.
std::string PatchedTree::nearest_directory(const std::string& file) const {
  fs::path directory;
  for (const fs::path& part : fs::path(file).parent_path()) {
    if (!is_real_directory(base_ / directory / part)) break;
    directory /= part;
  }
  return directory.string();
}

void PatchedTree::save() const {
  std::string list;
  for (const std::string& directory : touched_)
    list += (directory.empty() ? "." : directory) + "\n";
  write_file_atomically(folder_ / "touched", list);
}

}  // namespace luolab
