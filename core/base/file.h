// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "core/base/error.h"
#include "core/base/unique_fd.h"

namespace luolab {

/// The whole file. Fault::scenario where it is missing, no regular file, unreadable or over
/// `limit_bytes`: these are files that a user named. Never reads more than the limit.
Result<std::string> read_file(const std::filesystem::path& path,
                              std::uint64_t limit_bytes = std::uint64_t{1} << 30);

/// Writes a neighbour, syncs it, renames it over `path`: readers see the old or the new content,
/// never half, also after a power cut. Throws std::system_error where the disk refuses.
void write_file_atomically(const std::filesystem::path& path, std::string_view bytes);

/// Writes a file that only this process needs and that need not survive it: no sync.
/// Throws std::system_error where the disk refuses.
void write_scratch_file(const std::filesystem::path& path, std::string_view bytes);

/// A fresh folder below `parent`; the destructor removes it with all that is in it.
class TempDir {
 public:
  /// Throws std::system_error where the folder can't be made.
  explicit TempDir(const std::filesystem::path& parent, std::string_view prefix = "luolab-");
  TempDir(TempDir&& other) noexcept;
  TempDir& operator=(TempDir&&) = delete;
  ~TempDir();
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// An exclusive lock on a file (flock), held until destroyed; the file stays. Two openings of
/// the same path exclude each other, in one process or in two.
class FileLock {
 public:
  /// Waits until the lock is free: blocking, so not from an event loop.
  static FileLock wait(const std::filesystem::path& path);
  /// False in `held()` where somebody else has it.
  static FileLock attempt(const std::filesystem::path& path);
  bool held() const { return static_cast<bool>(fd_); }

 private:
  explicit FileLock(UniqueFd fd) : fd_(std::move(fd)) {}
  UniqueFd fd_;
};

}  // namespace luolab
