// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/protocol/page_map.h"
#include "worker/run/page_record.h"

namespace luolab {

/// A page that is not what it must be, as the agent found it.
struct FoundPage {
  std::uint64_t page = 0;
  std::optional<std::uint64_t> digest;  ///< empty: the file ends before it
  std::vector<std::byte> head;          ///< its first 40 bytes; empty: not asked for
  std::vector<std::byte> tail;          ///< its last 8 bytes
  std::vector<std::byte> bytes;         ///< all of it, of the first few
};

/// What became of that page: its state, and what there is to say about it. Judges by the worker's
/// record; the digest says whether a guess is the whole truth. Pure. `entry` is left at 0.
BadPage judge_page(const PageRecord& record, const PageOwners& owners, const FoundPage& found);

}  // namespace luolab
