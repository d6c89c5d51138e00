// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "agent/failure.h"

namespace luolab {

/// Fills memory, swap included, until so little of it is available, and gives it back. Done by a
/// process of its own that the kernel kills first if memory runs out.
Done press_memory(std::uint64_t leave_bytes);

/// Formats a block device as swap space and uses it. Source: mkswap(8), include/linux/swap.h.
Done swap_on(const std::string& path);
Done swap_off(const std::string& path);

}  // namespace luolab
