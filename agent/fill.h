// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/failure.h"
#include "agent/memfd.h"

namespace luolab {

/// Writes the data pages of a memfd that has its size, then allocates its fallocated stretches from
/// memory that was dirtied before. Holes stay holes.
Done fill_memfd(int fd, const MemfdRequest& request);

/// Dirties this much fresh memory, 64 MiB at most, and gives it back, so that the next allocations
/// get pages with old content. Does less where memory is short: it makes a check sharper, and is no
/// promise.
void recycle_dirty_memory(std::uint64_t size_bytes);

}  // namespace luolab
