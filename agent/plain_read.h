// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace luolab {

/// Reads memory from start to end by 64-bit loads and nothing else: what checking is measured
/// against. The result is the exclusive or of all words; a rest of less than 8 bytes is left out.
std::uint64_t plain_read(std::span<const std::byte> memory);

}  // namespace luolab
