// SPDX-License-Identifier: Apache-2.0
#include "worker/target/guest_memory.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>

#include <fmt/format.h>

namespace luolab {
namespace {

[[noreturn]] void throw_errno(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

/// Copies [from, to) between two memfds.
void copy_range(int source, int target, off_t from, off_t to) {
  std::string block(std::size_t{1} << 20, '\0');
  while (from < to) {
    const auto wanted = std::min(block.size(), static_cast<std::size_t>(to - from));
    const ssize_t got = ::pread(source, block.data(), wanted, from);
    if (got <= 0) throw_errno("reading guest memory");
    const ssize_t written = ::pwrite(target, block.data(), static_cast<std::size_t>(got), from);
    if (written != got) throw_errno("copying guest memory");
    from += got;
  }
}

}  // namespace

GuestMemory::GuestMemory(std::uint64_t size_bytes)
    : fd_(::memfd_create("luolab-guest", MFD_CLOEXEC)), size_bytes_(size_bytes) {
  if (!fd_) throw_errno("memfd_create");
  if (::ftruncate(fd_.get(), static_cast<off_t>(size_bytes)) != 0) throw_errno("guest memory");
}

GuestMemory GuestMemory::copy() const {
  GuestMemory twin(size_bytes_);
  const auto end = static_cast<off_t>(size_bytes_);
  for (off_t at = 0; at < end;) {
    const off_t data = ::lseek(fd_.get(), at, SEEK_DATA);
    if (data < 0 && errno == ENXIO) break;  // only holes follow
    if (data < 0) throw_errno("guest memory");
    const off_t hole = ::lseek(fd_.get(), data, SEEK_HOLE);
    if (hole < 0) throw_errno("guest memory");
    copy_range(fd_.get(), twin.fd_.get(), data, hole);
    at = hole;
  }
  return twin;
}

std::filesystem::path GuestMemory::path() const {
  return fmt::format("/proc/{}/fd/{}", ::getpid(), fd_.get());
}

}  // namespace luolab
