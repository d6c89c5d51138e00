// SPDX-License-Identifier: Apache-2.0
#include "agent/page_frames.h"

#include <fcntl.h>
#include <unistd.h>

#include "agent/owned_fd.h"
#include "core/wire/layout.h"

namespace luolab {
namespace {

constexpr const char* kPagemap = "/proc/self/pagemap";
constexpr std::uint64_t kPresent = std::uint64_t{1} << 63;
constexpr std::uint64_t kFrameMask = (std::uint64_t{1} << 55) - 1;

void touch(std::span<const std::byte> memory) {
  const volatile std::byte* const bytes = memory.data();
  for (std::size_t at = 0; at < memory.size(); at += kPageBytes) {
    [[maybe_unused]] const std::byte read = bytes[at];
  }
}

}  // namespace

Outcome<std::vector<std::uint64_t>> page_frames(std::span<const std::byte> memory) {
  touch(memory);
  const OwnedFd pagemap(open(kPagemap, O_RDONLY | O_CLOEXEC));
  if (!pagemap) return call_failed("open", kPagemap);
  std::vector<std::uint64_t> frames((memory.size() + kPageBytes - 1) / kPageBytes);
  const auto first = reinterpret_cast<std::uintptr_t>(memory.data()) / kPageBytes;
  const auto wanted = static_cast<ssize_t>(frames.size() * sizeof(std::uint64_t));
  const auto offset = static_cast<off_t>(first * sizeof(std::uint64_t));
  if (pread(pagemap.get(), frames.data(), static_cast<std::size_t>(wanted), offset) != wanted) {
    return call_failed("pread", kPagemap);
  }
  for (std::uint64_t& frame : frames) frame = (frame & kPresent) != 0 ? frame & kFrameMask : 0;
  return frames;
}

}  // namespace luolab
