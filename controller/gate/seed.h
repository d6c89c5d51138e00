// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace luolab {

/// Draws by lot, the same for the same words: a gate that goes on after a restart must make the
/// same steps again.
std::uint64_t seed_of(std::string_view words);

}  // namespace luolab
