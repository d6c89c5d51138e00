// SPDX-License-Identifier: Apache-2.0
#include "worker/kernel/cache_folder.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace luolab {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kLockSuffix = ".lock";

fs::path lock_of(const fs::path& area) { return area.string() + std::string(kLockSuffix); }

// A process that was killed in the middle of a system call may still make one file.
void remove_wholly(const fs::path& folder) {
  for (int attempt = 0; attempt < 10; ++attempt) {
    std::error_code error;
    fs::remove_all(folder, error);
    if (!error) return;
  }
}

}  // namespace

void CacheFolder::create() const {
  for (const fs::path& folder : {bases(), builds(), failed_logs(), work(), root / "locks"}) {
    fs::create_directories(folder);
  }
}

WorkArea::WorkArea(const CacheFolder& cache) {
  // The lock comes first: a folder without a held lock is abandoned.
  std::string name = (cache.work() / "XXXXXX.lock").string();
  const UniqueFd fd(::mkostemps(name.data(), static_cast<int>(kLockSuffix.size()), O_CLOEXEC));
  if (!fd) throw std::system_error(errno, std::generic_category(), name);
  lock_ = FileLock::wait(name);
  path_ = name.substr(0, name.size() - kLockSuffix.size());
  fs::create_directory(path_);
}

WorkArea::~WorkArea() {
  remove_wholly(path_);
  std::error_code ignored;
  fs::remove(lock_of(path_), ignored);
}

int collect_abandoned(const CacheFolder& cache) {
  int collected = 0;
  if (!fs::is_directory(cache.work())) return collected;
  for (const auto& entry : fs::directory_iterator(cache.work())) {
    if (entry.path().extension() != kLockSuffix) continue;
    const FileLock lock = FileLock::attempt(entry.path());
    if (!lock.held()) continue;
    remove_wholly(entry.path().parent_path() / entry.path().stem());
    std::error_code ignored;
    fs::remove(entry.path(), ignored);
    ++collected;
  }
  return collected;
}

void publish(const fs::path& finished, const fs::path& place) {
  std::error_code error;
  fs::rename(finished, place, error);
  if (error && !fs::exists(place)) throw fs::filesystem_error("rename", finished, place, error);
}

}  // namespace luolab
