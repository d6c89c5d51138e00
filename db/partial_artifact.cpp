// SPDX-License-Identifier: Apache-2.0
#include "db/partial_artifact.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "core/base/sha256.h"
#include "core/base/unique_fd.h"
#include "db/artifact_store.h"

namespace luolab {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void throw_errno(const fs::path& path) {
  throw std::system_error(errno, std::generic_category(), path.string());
}

/// Whether the open file is the one that lies at the path: another may have finished it meanwhile.
bool is_at(const UniqueFd& fd, const fs::path& path) {
  struct stat opened {};
  struct stat found {};
  return ::fstat(fd.get(), &opened) == 0 && ::stat(path.c_str(), &found) == 0 &&
         opened.st_ino == found.st_ino && opened.st_dev == found.st_dev;
}

/// The file, created where it is missing, and locked until it is closed.
UniqueFd open_locked(const fs::path& path) {
  for (;;) {
    UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!fd) throw_errno(path);
    while (::flock(fd.get(), LOCK_EX) != 0) {
      if (errno != EINTR) throw_errno(path);
    }
    if (is_at(fd, path)) return fd;
  }
}

std::uint64_t size_of(const UniqueFd& fd, const fs::path& path) {
  struct stat found {};
  if (::fstat(fd.get(), &found) != 0) throw_errno(path);
  return static_cast<std::uint64_t>(found.st_size);
}

/// All of the bytes, or none: what was written of them is cut off again.
void write_at(const UniqueFd& fd, const fs::path& path, std::uint64_t offset,
              std::string_view bytes) {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t written = ::pwrite(fd.get(), bytes.data() + done, bytes.size() - done,
                                     static_cast<off_t>(offset + done));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) {
      const int error = written < 0 ? errno : ENOSPC;
      if (::ftruncate(fd.get(), static_cast<off_t>(offset)) != 0) throw_errno(path);
      throw std::system_error(error, std::generic_category(), path.string());
    }
    done += static_cast<std::size_t>(written);
  }
}

}  // namespace

fs::path PartialArtifacts::place(std::string_view sha256) const {
  return folder_ / "partial" / sha256;
}

std::uint64_t PartialArtifacts::size(std::string_view sha256) const {
  std::error_code missing;
  const std::uintmax_t size = is_digest(sha256) ? fs::file_size(place(sha256), missing) : 0;
  return missing ? 0 : size;
}

Appended PartialArtifacts::append(std::string_view sha256, std::uint64_t offset_bytes,
                                  std::uint64_t length_bytes, std::string_view bytes) const {
  if (!is_digest(sha256)) return {AppendOutcome::wrong_digest, 0};
  const ArtifactStore store(folder_);
  if (const auto there = store.whole(sha256)) return {AppendOutcome::whole, *there};
  const fs::path path = place(sha256);
  fs::create_directories(path.parent_path());
  const UniqueFd fd = open_locked(path);
  const std::uint64_t size = size_of(fd, path);
  if (offset_bytes != size) return {AppendOutcome::other_offset, size};
  if (size > length_bytes || bytes.size() > length_bytes - size) {
    return {AppendOutcome::wrong_length, size};
  }
  write_at(fd, path, size, bytes);
  if (size + bytes.size() < length_bytes) return {AppendOutcome::more, size + bytes.size()};
  if (sha256_of_file(path) != sha256) {
    fs::remove(path);
    return {AppendOutcome::wrong_digest, 0};
  }
  store.adopt(path, sha256);
  std::error_code gone;  // adopt leaves it where the same content lay there already
  fs::remove(path, gone);
  return {AppendOutcome::whole, length_bytes};
}

std::size_t PartialArtifacts::drop_older(fs::file_time_type before) const {
  std::size_t dropped = 0;
  if (!fs::exists(folder_ / "partial")) return dropped;
  for (const auto& file : fs::directory_iterator(folder_ / "partial")) {
    if (file.last_write_time() < before && fs::remove(file.path())) ++dropped;
  }
  return dropped;
}

}  // namespace luolab
