// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace luolab {

/// The unit of patterns and layouts. x86-64's base page.
inline constexpr std::size_t kPageBytes = 4096;

/// A stretch of a file.
struct Extent {
  std::uint64_t offset_bytes = 0;
  std::uint64_t length_bytes = 0;
  friend bool operator==(const Extent&, const Extent&) = default;
};

/// What a page of a memfd is before it is preserved. Only `data` was written; the others must read
/// as zero, before the kexec and after it.
enum class PageKind { data, hole, fallocated };

/// Neighbouring pages of one kind.
struct PageRun {
  std::uint64_t first_page = 0;
  std::uint64_t page_count = 0;
  PageKind kind = PageKind::data;
};

/// Which pages of a memfd hold data. Agent and worker derive the same answer from it. Plain value.
/// Of every `hole_period` pages the first `hole_pages` are holes; period 0: no holes.
/// Fallocated stretches are page-aligned and win over holes.
struct Layout {
  std::uint64_t size_bytes = 0;
  std::uint32_t hole_pages = 0;
  std::uint32_t hole_period = 0;
  std::vector<Extent> fallocated;

  /// The last page may be partial.
  std::uint64_t page_count() const { return (size_bytes + kPageBytes - 1) / kPageBytes; }
  /// 4096, but for a partial last page.
  std::size_t page_length(std::uint64_t page) const;
  PageKind kind(std::uint64_t page) const;
  /// The longest run that starts at `page` < page_count() and whose kind is found without looking
  /// at every page; the next run may be of the same kind.
  PageRun run_at(std::uint64_t page) const;
};

/// Why a layout makes no sense, in words that name the field; empty where it does.
std::optional<std::string> layout_problem(const Layout& layout);

}  // namespace luolab
