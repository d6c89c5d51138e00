// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace luolab {

// Memory of this host, from /proc/meminfo; 0 where it does not say. Any thread.

/// What can still be given without swapping (MemAvailable).
std::uint64_t available_memory_bytes();

/// All of it (MemTotal).
std::uint64_t total_memory_bytes();

}  // namespace luolab
