// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/wire/digest_tree.h"

namespace luolab {

/// What to look for in a memfd. Without a pattern, marks are not looked at.
struct InspectionRequest {
  Layout layout;  ///< its size is that of the content
  std::optional<PagePattern> pattern;
  std::uint64_t mark = 0;
  std::uint64_t range_bytes = kRangeBytes;
  HashKind hash = HashKind::scalar;
  bool sha256 = false;
};

/// A page whose marks are not its own: the marks found.
struct BadMark {
  std::uint64_t page = 0;
  PageMarks found;
};

struct Inspection {
  DigestTree tree;
  std::uint64_t bad_marks = 0;  ///< pages
  std::vector<BadMark> first;   ///< the first of them (wire::kListedBadMarks)
};

/// Hashes content and checks its position marks in one pass over memory, block by block, while a
/// block is in the cache. The content must not change meanwhile.
Inspection inspect(std::span<const std::byte> content, const InspectionRequest& request);

}  // namespace luolab
