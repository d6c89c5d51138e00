// SPDX-License-Identifier: Apache-2.0
#include "core/wire/layout.h"

#include <algorithm>

namespace luolab {
namespace {

constexpr std::uint64_t kLargestFile = (std::uint64_t{1} << 63) - kPageBytes;  // loff_t

bool covers(const Extent& extent, std::uint64_t page) {
  const std::uint64_t offset = page * kPageBytes;
  return offset >= extent.offset_bytes && offset - extent.offset_bytes < extent.length_bytes;
}

bool is_hole(const Layout& layout, std::uint64_t page) {
  return layout.hole_period != 0 && page % layout.hole_period < layout.hole_pages;
}

std::uint64_t hole_boundary_after(const Layout& layout, std::uint64_t page) {
  const std::uint64_t period_start = page - page % layout.hole_period;
  return is_hole(layout, page) ? period_start + layout.hole_pages
                               : period_start + layout.hole_period;
}

std::string named(const char* field, std::uint64_t value, const char* problem) {
  return std::string(field) + ": " + std::to_string(value) + " " + problem;
}

}  // namespace

std::size_t Layout::page_length(std::uint64_t page) const {
  return static_cast<std::size_t>(
      std::min<std::uint64_t>(kPageBytes, size_bytes - page * kPageBytes));
}

PageKind Layout::kind(std::uint64_t page) const {
  for (const Extent& extent : fallocated) {
    if (covers(extent, page)) return PageKind::fallocated;
  }
  return is_hole(*this, page) ? PageKind::hole : PageKind::data;
}

PageRun Layout::run_at(std::uint64_t page) const {
  const PageKind found = kind(page);
  std::uint64_t end = page_count();
  for (const Extent& extent : fallocated) {
    const std::uint64_t start = extent.offset_bytes / kPageBytes;
    if (covers(extent, page))
      return {page, std::min(end, start + extent.length_bytes / kPageBytes) - page, found};
    if (start > page) end = std::min(end, start);
  }
  if (hole_period != 0) end = std::min(end, hole_boundary_after(*this, page));
  return {page, end - page, found};
}

std::optional<std::string> layout_problem(const Layout& layout) {
  if (layout.size_bytes > kLargestFile) {
    return named("size", layout.size_bytes, "is more than a file can hold (less than 8 EiB)");
  }
  if (layout.hole_pages > layout.hole_period) {
    return named("layout.hole_pages", layout.hole_pages, "is more than layout.hole_period");
  }
  const std::uint64_t pages_bytes = layout.page_count() * kPageBytes;
  for (const Extent& extent : layout.fallocated) {
    if (extent.offset_bytes % kPageBytes != 0) {
      return named("layout.fallocated.offset", extent.offset_bytes, "is not a multiple of 4096");
    }
    if (extent.length_bytes == 0 || extent.length_bytes % kPageBytes != 0) {
      return named("layout.fallocated.length", extent.length_bytes,
                   "is not a positive multiple of 4096");
    }
    if (extent.offset_bytes > pages_bytes ||
        extent.length_bytes > pages_bytes - extent.offset_bytes) {
      return named("layout.fallocated.offset", extent.offset_bytes,
                   "reaches past the end of the file");
    }
  }
  return std::nullopt;
}

}  // namespace luolab
