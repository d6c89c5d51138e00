// SPDX-License-Identifier: Apache-2.0
#include "worker/kernel/dir_source.h"

#include <sys/stat.h>

#include <map>
#include <optional>
#include <sstream>

#include <fmt/format.h>

#include "core/base/file.h"
#include "core/base/sha256.h"
#include "worker/kernel/tool.h"
#include "worker/kernel/tree_digest.h"

namespace luolab {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kIndexLimit = 256 << 20;
constexpr std::size_t kListLimit = 4 << 20;  // a longer output of a process is cut at its start

/// Remembers the digests of files; like git's index, by what stat(2) says of them.
class DigestIndex {
 public:
  explicit DigestIndex(fs::path file) : file_(std::move(file)) {
    const auto text = read_file(file_, kIndexLimit);
    if (!text) return;
    std::istringstream lines(*text);
    std::string digest;
    std::string rest;
    while (lines >> digest && std::getline(lines, rest)) known_.emplace(rest.substr(1), digest);
  }

  const std::string& digest_of(const fs::path& path, const struct stat& info) {
    const std::string key =
        fmt::format("{} {}.{} {}.{} {} {}", info.st_size, info.st_mtim.tv_sec, info.st_mtim.tv_nsec,
                    info.st_ctim.tv_sec, info.st_ctim.tv_nsec, info.st_ino, path.string());
    const auto found = known_.find(key);
    if (found != known_.end()) return used_[key] = found->second;
    changed_ = true;
    return used_[key] = sha256_of_file(path);
  }

  void save() const {
    if (!changed_ && used_.size() == known_.size()) return;
    std::string text;
    for (const auto& [key, digest] : used_) text += digest + " " + key + "\n";
    fs::create_directories(file_.parent_path());
    write_file_atomically(file_, text);
  }

 private:
  fs::path file_;
  std::map<std::string, std::string> known_;
  std::map<std::string, std::string> used_;
  bool changed_ = false;
};

std::vector<std::string> names_between_zeros(const std::string& text) {
  std::vector<std::string> names;
  std::istringstream stream(text);
  for (std::string name; std::getline(stream, name, '\0');) names.push_back(name);
  return names;
}

/// Empty where the folder is no git checkout that git reads.
std::optional<std::vector<std::string>> files_of_git(const fs::path& folder) {
  if (!fs::exists(folder / ".git")) return std::nullopt;
  ProcessSpec spec;
  spec.program = "git";
  spec.arguments = {"-C",       folder.string(), "ls-files",           "-z",
                    "--cached", "--others",      "--exclude-standard", "--deduplicate"};
  const auto listed = run_blocking(std::move(spec));
  if (!listed || listed->exit_code != 0 || listed->output.size() > kListLimit) return std::nullopt;
  return names_between_zeros(listed->output);
}

std::vector<std::string> files_below(const fs::path& folder) {
  std::vector<std::string> files;
  for (auto entry = fs::recursive_directory_iterator(folder);
       entry != fs::recursive_directory_iterator(); ++entry) {
    if (entry->path().filename() == ".git") {
      entry.disable_recursion_pending();
    } else if (entry->is_symlink() || entry->is_regular_file()) {
      files.push_back(entry->path().lexically_relative(folder).string());
    }
  }
  return files;
}

}  // namespace

Result<DirState> read_dir_state(const CacheFolder& cache, const fs::path& folder) {
  if (!fs::exists(folder / "Makefile")) {
    return scenario_error(
        fmt::format("{}: has no Makefile, so it is no kernel source folder", folder.string()));
  }
  DigestIndex index(cache.bases() / ("index-" + sha256_of(folder.string()).substr(0, 16)));
  TreeDigest digest;
  DirState state;
  const auto tracked = files_of_git(folder);
  for (const std::string& name : tracked ? *tracked : files_below(folder)) {
    struct stat info {};
    if (::lstat((folder / name).c_str(), &info) != 0) continue;  // tracked, but deleted
    if (S_ISLNK(info.st_mode)) {
      digest.add_link(name, fs::read_symlink(folder / name).string());
    } else if (S_ISREG(info.st_mode)) {
      digest.add_file(name, (info.st_mode & S_IXUSR) != 0, index.digest_of(folder / name, info));
    } else {
      continue;
    }
    state.files.push_back(name);
  }
  index.save();
  state.digest = digest.hex();
  return state;
}

void copy_dir(const fs::path& folder, const DirState& state, const fs::path& target) {
  for (const std::string& name : state.files) {
    fs::create_directories((target / name).parent_path());
    fs::copy(folder / name, target / name, fs::copy_options::copy_symlinks);
    if (!fs::is_symlink(target / name))
      fs::last_write_time(target / name, fs::last_write_time(folder / name));
  }
}

}  // namespace luolab
