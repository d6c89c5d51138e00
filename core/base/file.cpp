// SPDX-License-Identifier: Apache-2.0
#include "core/base/file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <system_error>

#include <fmt/format.h>

#include "core/base/quantity.h"

namespace luolab {
namespace {

[[noreturn]] void throw_errno(const std::filesystem::path& path) {
  throw std::system_error(errno, std::generic_category(), path.string());
}

UniqueFd open_lock(const std::filesystem::path& path) {
  UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
  if (!fd) throw_errno(path);
  return fd;
}

void write_all(const UniqueFd& fd, std::string_view bytes, const std::filesystem::path& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) throw_errno(path);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace

Result<std::string> read_file(const std::filesystem::path& path, std::uint64_t limit_bytes) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat info {};
  if (!fd || ::fstat(fd.get(), &info) != 0) {
    return scenario_error(fmt::format("{}: {}", path.string(), std::strerror(errno)));
  }
  if (!S_ISREG(info.st_mode)) {
    return scenario_error(fmt::format("{}: not a regular file", path.string()));
  }
  const auto too_large = [&](std::uint64_t size) {
    return scenario_error(fmt::format("{}: {} is over the limit of {}", path.string(),
                                      format_size_rounded(size), format_size_rounded(limit_bytes)));
  };
  const auto size = static_cast<std::uint64_t>(info.st_size);
  if (size > limit_bytes) return too_large(size);
  std::string bytes;
  std::string block(std::size_t{1} << 16, '\0');
  for (;;) {
    const ssize_t got = ::read(fd.get(), block.data(), block.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return scenario_error(fmt::format("{}: {}", path.string(), std::strerror(errno)));
    if (got == 0) return bytes;
    bytes.append(block, 0, static_cast<std::size_t>(got));
    if (bytes.size() > limit_bytes) return too_large(bytes.size());
  }
}

void write_file_atomically(const std::filesystem::path& path, std::string_view bytes) {
  std::string temporary = path.string() + ".XXXXXX";
  const UniqueFd fd(::mkostemp(temporary.data(), O_CLOEXEC));
  if (!fd) throw_errno(path);
  try {
    ::fchmod(fd.get(), 0644);
    write_all(fd, bytes, path);
    if (::fsync(fd.get()) != 0) throw_errno(path);
    if (::rename(temporary.c_str(), path.c_str()) != 0) throw_errno(path);
  } catch (...) {
    ::unlink(temporary.c_str());
    throw;
  }
}

void write_scratch_file(const std::filesystem::path& path, std::string_view bytes) {
  const UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  if (!fd) throw_errno(path);
  write_all(fd, bytes, path);
}

TempDir::TempDir(const std::filesystem::path& parent, std::string_view prefix) {
  std::filesystem::create_directories(parent);
  std::string name = (parent / prefix).string() + "XXXXXX";
  if (::mkdtemp(name.data()) == nullptr) throw_errno(name);
  path_ = name;
}

TempDir::TempDir(TempDir&& other) noexcept : path_(std::exchange(other.path_, {})) {}

TempDir::~TempDir() {
  if (path_.empty()) return;
  std::error_code ignored;  // a destructor has nobody to tell
  std::filesystem::remove_all(path_, ignored);
}

FileLock FileLock::wait(const std::filesystem::path& path) {
  UniqueFd fd = open_lock(path);
  while (::flock(fd.get(), LOCK_EX) != 0) {
    if (errno != EINTR) throw_errno(path);
  }
  return FileLock(std::move(fd));
}

FileLock FileLock::attempt(const std::filesystem::path& path) {
  UniqueFd fd = open_lock(path);
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) throw_errno(path);
    fd.reset();
  }
  return FileLock(std::move(fd));
}

}  // namespace luolab
