// SPDX-License-Identifier: Apache-2.0
#include "agent/memory_pressure.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/swap.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>

#include "agent/owned_fd.h"
#include "agent/text_file.h"
#include "core/wire/layout.h"

namespace luolab {
namespace {

constexpr std::size_t kChunkBytes = std::size_t{4} << 20;

std::uint64_t available_bytes() {
  const auto meminfo = parse_meminfo(read_text("/proc/meminfo"));
  const auto entry = [&](const char* name) {
    const auto found = meminfo.find(name);
    return found == meminfo.end() ? 0 : found->second << 10;
  };
  return entry("MemAvailable") + entry("SwapFree");
}

[[noreturn]] void fill_memory(std::uint64_t leave_bytes) {
  write_text("/proc/self/oom_score_adj", "1000");
  while (available_bytes() > leave_bytes) {
    void* const chunk =
        mmap(nullptr, kChunkBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (chunk == MAP_FAILED) break;
    std::memset(chunk, 0x5a, kChunkBytes);
  }
  _exit(0);
}

constexpr std::size_t kSwapInfoAt = 1024;  // behind the boot block
constexpr std::string_view kSwapMagic = "SWAPSPACE2";

/// What follows the boot block in the first page of a swap space of version 1.
struct SwapInfo {
  std::uint32_t version = 1;
  std::uint32_t last_page = 0;
  std::uint32_t bad_pages = 0;
};

Done format_swap(const std::string& path) {
  const OwnedFd device(open(path.c_str(), O_RDWR | O_CLOEXEC));
  if (!device) {
    return call_failed("open", path +
                                   "; the scenario needs target.disk, and the kernel the "
                                   "fragment services");
  }
  std::uint64_t size = 0;
  if (ioctl(device.get(), BLKGETSIZE64, &size) != 0)
    return call_failed("ioctl(BLKGETSIZE64)", path);
  SwapInfo info;
  info.last_page = static_cast<std::uint32_t>(size / kPageBytes - 1);
  std::array<char, kPageBytes> page{};
  std::memcpy(page.data() + kSwapInfoAt, &info, sizeof info);
  kSwapMagic.copy(page.data() + page.size() - kSwapMagic.size(), kSwapMagic.size());
  if (pwrite(device.get(), page.data(), page.size(), 0) != static_cast<ssize_t>(page.size())) {
    return call_failed("pwrite", path);
  }
  return done();
}

}  // namespace

Done press_memory(std::uint64_t leave_bytes) {
  const pid_t pid = fork();
  if (pid < 0) return call_failed("fork", "to fill memory");
  if (pid == 0) fill_memory(leave_bytes);
  while (waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
  }
  return done();
}

Done swap_on(const std::string& path) {
  if (Done formatted = format_swap(path); !formatted) return formatted;
  if (swapon(path.c_str(), 0) != 0) return call_failed("swapon", path);
  return done();
}

Done swap_off(const std::string& path) {
  if (swapoff(path.c_str()) != 0) return call_failed("swapoff", path);
  return done();
}

}  // namespace luolab
