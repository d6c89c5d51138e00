// SPDX-License-Identifier: Apache-2.0
#include "agent/fill.h"

#include <fcntl.h>
#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "agent/mapping.h"
#include "agent/text_file.h"

namespace luolab {
namespace {

constexpr std::uint64_t kStretchBytes = std::uint64_t{2} << 20;
constexpr int kDirt = 0xa5;
constexpr std::uint64_t kMostDirtBytes = std::uint64_t{64} << 20;  // pages enough to notice

// `page` lies in the file; a partial last page goes through a buffer, since a mapping must not be
// written past the end of its file.
void fill_mapped_page(const MemfdRequest& request, std::uint64_t page, std::span<std::byte> file) {
  const std::size_t length = request.layout.page_length(page);
  std::byte* const start = file.data() + page * kPageBytes;
  if (length == kPageBytes) {
    fill_page(request.pattern, request.key, page, PageBytes(start, kPageBytes));
    return;
  }
  std::array<std::byte, kPageBytes> whole;
  fill_page(request.pattern, request.key, page, whole);
  std::memcpy(start, whole.data(), length);
}

Done fill_run(const MemfdRequest& request, const PageRun& run, Mapping& mapping) {
  const std::span<std::byte> file = mapping.writable();
  const std::uint64_t start = run.first_page * kPageBytes;
  const std::uint64_t end =
      std::min<std::uint64_t>((run.first_page + run.page_count) * kPageBytes, file.size());
  for (std::uint64_t offset = start; offset < end; offset += kStretchBytes) {
    const std::uint64_t length = std::min(kStretchBytes, end - offset);
    if (Done populated = mapping.populate(offset, length); !populated) return populated;
    for (std::uint64_t at = offset; at < offset + length; at += kPageBytes) {
      fill_mapped_page(request, at / kPageBytes, file);
    }
  }
  return done();
}

std::uint64_t hole_bytes(const Layout& layout) {
  if (layout.hole_period == 0) return 0;
  const std::uint64_t rest = layout.page_count() % layout.hole_period;
  const std::uint64_t pages = layout.page_count() / layout.hole_period * layout.hole_pages +
                              std::min<std::uint64_t>(rest, layout.hole_pages);
  return pages * kPageBytes;
}

std::uint64_t fallocated_bytes(const Layout& layout) {
  std::uint64_t bytes = 0;
  for (const Extent& extent : layout.fallocated) bytes += extent.length_bytes;
  return bytes;
}

// Filling more than there is would end in the out-of-memory killer, which finds the agent.
Done check_memory(const MemfdRequest& request) {
  const std::uint64_t needed =
      request.layout.page_count() * kPageBytes - hole_bytes(request.layout);
  const auto figures = parse_meminfo(read_text("/proc/meminfo"));
  const auto available = figures.find("MemAvailable");
  if (available == figures.end() || needed <= available->second * 1024) return done();
  return Failure{"memfd.create", ENOMEM,
                 request.name + " needs " + std::to_string(needed) + " bytes, available are " +
                     std::to_string(available->second * 1024) + "; give the machine more memory"};
}

bool is_all_holes(const Layout& layout) {
  return layout.hole_period != 0 && layout.hole_pages == layout.hole_period;
}

std::uint64_t length_in_file(const Layout& layout, const Extent& extent) {
  return std::min(extent.length_bytes, layout.size_bytes - extent.offset_bytes);
}

Done fill_data(int fd, const MemfdRequest& request) {
  Outcome<Mapping> mapping =
      Mapping::of(fd, request.layout.size_bytes, Mapping::Access::write, request.name);
  if (!mapping) return mapping.failure();
  for (std::uint64_t page = 0; page < request.layout.page_count();) {
    const PageRun run = request.layout.run_at(page);
    if (run.kind == PageKind::data) {
      if (Done filled = fill_run(request, run, *mapping); !filled) return filled;
    }
    page += run.page_count;
  }
  return done();
}

}  // namespace

void recycle_dirty_memory(std::uint64_t size_bytes) {
  const auto figures = parse_meminfo(read_text("/proc/meminfo"));
  const auto free = figures.find("MemFree");
  const std::uint64_t quarter = free == figures.end() ? 0 : free->second * 1024 / 4;
  const auto size = static_cast<std::size_t>(std::min({size_bytes, quarter, kMostDirtBytes}));
  if (size == 0) return;
  void* const memory =
      mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return;
  if (madvise(memory, size, MADV_POPULATE_WRITE) == 0) std::memset(memory, kDirt, size);
  munmap(memory, size);
}

Done fill_memfd(int fd, const MemfdRequest& request) {
  if (Done enough = check_memory(request); !enough) return enough;
  if (!is_all_holes(request.layout)) {
    if (Done filled = fill_data(fd, request); !filled) return filled;
  }
  recycle_dirty_memory(hole_bytes(request.layout) + fallocated_bytes(request.layout));
  for (const Extent& extent : request.layout.fallocated) {
    const std::uint64_t length = length_in_file(request.layout, extent);
    if (fallocate(fd, 0, static_cast<off_t>(extent.offset_bytes), static_cast<off_t>(length)) !=
        0) {
      return call_failed("fallocate", request.name + " at " + std::to_string(extent.offset_bytes) +
                                          ", " + std::to_string(length) + " bytes");
    }
  }
  return done();
}

}  // namespace luolab
