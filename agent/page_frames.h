// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "agent/failure.h"

namespace luolab {

/// The physical page frame behind each page of mapped memory, which is read first; 0 where there is
/// none. Needs root. Source: Documentation/admin-guide/mm/pagemap.rst.
Outcome<std::vector<std::uint64_t>> page_frames(std::span<const std::byte> memory);

}  // namespace luolab
