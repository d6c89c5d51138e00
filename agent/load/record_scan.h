// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "agent/json.h"
#include "core/wire/load_sequence.h"
#include "core/wire/pattern.h"

namespace luolab {

/// The records of `count` pages from `first` on, as {"first":n,"records":[[generation,writer],...],
/// "broken":[{"page":n,"bytes":"hex"},...]}: a page that holds no whole record of its place has an
/// empty entry, and the first few of those are sent as they are.
Json scan_records(std::span<const std::byte> memory, std::uint64_t mark, std::uint64_t first,
                  std::uint64_t count);

/// The journals of a memfd's writers as they were found: [{"journal":"hex","page":"hex"},...];
/// `page`, of the step that was started, only where it was not done.
Json scan_journals(std::span<const std::byte> memory, std::span<const std::byte> journals,
                   const LoadShape& shape);

}  // namespace luolab
