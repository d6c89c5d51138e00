// SPDX-License-Identifier: Apache-2.0
#include "agent/mapping.h"

#include <sys/mman.h>

#include <cerrno>
#include <cstdio>
#include <memory>
#include <utility>

#include "core/wire/layout.h"

namespace luolab {
namespace {

constexpr std::size_t kHugeBytes = std::size_t{2} << 20;

std::size_t whole_pages(std::size_t size) {
  return (size + kPageBytes - 1) / kPageBytes * kPageBytes;
}

// An address range of `size` bytes that starts on a huge page's boundary; nullptr: no room.
void* reserve_aligned(std::size_t size) {
  void* const room = mmap(nullptr, size + kHugeBytes, PROT_NONE,
                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (room == MAP_FAILED) return nullptr;
  const auto start = reinterpret_cast<std::uintptr_t>(room);
  const std::uintptr_t aligned = (start + kHugeBytes - 1) / kHugeBytes * kHugeBytes;
  if (aligned != start) munmap(room, aligned - start);
  const std::uintptr_t end = start + size + kHugeBytes;
  if (end != aligned + size) munmap(reinterpret_cast<void*>(aligned + size), end - aligned - size);
  return reinterpret_cast<void*>(aligned);
}

}  // namespace

Outcome<Mapping> Mapping::of(int fd, std::uint64_t size_bytes, Access access,
                             const std::string& subject) {
  if (size_bytes == 0) return Mapping({}, access, subject);
  const auto size = static_cast<std::size_t>(size_bytes);
  void* const room = reserve_aligned(whole_pages(size));
  const int protection = access == Access::write ? PROT_READ | PROT_WRITE : PROT_READ;
  if (room == nullptr ||
      mmap(room, size, protection, MAP_SHARED | MAP_FIXED, fd, 0) == MAP_FAILED) {
    Failure failure = call_failed("mmap", subject + ", " + std::to_string(size_bytes) + " bytes");
    if (room != nullptr) munmap(room, whole_pages(size));
    return failure;
  }
  return Mapping({static_cast<std::byte*>(room), size}, access, subject);
}

Mapping::Mapping(Mapping&& other) noexcept
    : bytes_(std::exchange(other.bytes_, {})),
      access_(other.access_),
      subject_(std::move(other.subject_)) {}

Mapping::~Mapping() {
  if (!bytes_.empty()) munmap(bytes_.data(), bytes_.size());
}

Done Mapping::populate(std::uint64_t offset_bytes, std::uint64_t length_bytes) {
  if (length_bytes == 0) return done();
  const int advice = access_ == Access::write ? MADV_POPULATE_WRITE : MADV_POPULATE_READ;
  const auto length = whole_pages(static_cast<std::size_t>(length_bytes));
  int result = madvise(bytes_.data() + offset_bytes, length, advice);
  while (result != 0 && (errno == EINTR || errno == EAGAIN)) {
    result = madvise(bytes_.data() + offset_bytes, length, advice);
  }
  if (result == 0) return done();
  return call_failed("madvise(MADV_POPULATE)", subject_ + " at " + std::to_string(offset_bytes) +
                                                   ", " + std::to_string(length_bytes) + " bytes");
}

std::uint64_t huge_kib(const Mapping& mapping) {
  const std::span<const std::byte> bytes = mapping.bytes();
  for (std::size_t offset = 0; offset < bytes.size(); offset += kHugeBytes) {
    static_cast<void>(*static_cast<const volatile std::byte*>(&bytes[offset]));
  }
  const std::unique_ptr<FILE, int (*)(FILE*)> smaps(fopen("/proc/self/smaps", "re"), fclose);
  if (!smaps || bytes.empty()) return 0;
  const auto wanted = reinterpret_cast<std::uintptr_t>(bytes.data());
  bool inside = false;
  char line[512];
  while (fgets(line, sizeof line, smaps.get()) != nullptr) {
    unsigned long start = 0;
    unsigned long end = 0;
    unsigned long kib = 0;
    if (sscanf(line, "%lx-%lx ", &start, &end) == 2) inside = start == wanted;
    if (inside && sscanf(line, "ShmemPmdMapped: %lu kB", &kib) == 1) return kib;
  }
  return 0;
}

}  // namespace luolab
