// SPDX-License-Identifier: Apache-2.0
#include <poll.h>
#include <sys/mman.h>

#include <mutex>
#include <vector>

#include "agent/load/busy_loads.h"
#include "agent/load/counted_load.h"
#include "agent/text_file.h"

namespace luolab {
namespace {

constexpr std::size_t kChunkBytes = std::size_t{4} << 20;
constexpr int kRestMs = 5;
constexpr std::size_t kPageStep = 4096;

std::uint64_t available_bytes() {
  const auto figures = parse_meminfo(read_text("/proc/meminfo"));
  const auto found = figures.find("MemAvailable");
  return found == figures.end() ? 0 : found->second * 1024;
}

// Memory taken chunk by chunk. One thread at a time.
class Hoard {
 public:
  explicit Hoard(std::uint64_t leave_bytes) : leave_bytes_(leave_bytes) {}
  Hoard(const Hoard&) = delete;
  Hoard& operator=(const Hoard&) = delete;
  ~Hoard() {
    while (!chunks_.empty()) give_back();
  }

  void adjust() {
    const std::lock_guard lock(mutex_);
    const std::uint64_t available = available_bytes();
    if (available > leave_bytes_ + kChunkBytes) {
      take();
    } else if (available < leave_bytes_ && !chunks_.empty()) {
      give_back();
    } else {
      touch();
      poll(nullptr, 0, kRestMs);
    }
  }

 private:
  void take() {
    void* const chunk =
        mmap(nullptr, kChunkBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (chunk == MAP_FAILED) return;
    if (madvise(chunk, kChunkBytes, MADV_POPULATE_WRITE) != 0) {
      munmap(chunk, kChunkBytes);
      return;
    }
    chunks_.push_back(static_cast<volatile char*>(chunk));
  }
  void give_back() {
    munmap(const_cast<char*>(chunks_.back()), kChunkBytes);
    chunks_.pop_back();
  }
  void touch() {
    if (chunks_.empty()) return;
    volatile char* const chunk = chunks_[touched_++ % chunks_.size()];
    for (std::size_t at = 0; at < kChunkBytes; at += kPageStep) chunk[at] = 1;
  }

  std::uint64_t leave_bytes_;
  std::mutex mutex_;
  std::vector<volatile char*> chunks_;
  std::size_t touched_ = 0;
};

}  // namespace

std::unique_ptr<Load> start_pressure(std::uint64_t leave_bytes, const LoadPace& pace) {
  const auto hoard = std::make_shared<Hoard>(leave_bytes);
  return std::make_unique<CountedLoad>(pace, [hoard](std::uint32_t) -> std::string {
    hoard->adjust();
    return {};
  });
}

}  // namespace luolab
