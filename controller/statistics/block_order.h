// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace luolab {

/// A block is four boots, one after the other on the same worker. A drift that is linear over the
/// block hits both kernels alike.
enum class BlockOrder {
  baseline_outside,   ///< A B B A
  candidate_outside,  ///< B A A B
};

/// The same for the same seed, on every machine; more blocks go on where fewer ended. Which order
/// a block has must not depend on anything measured: the test is exact because of that.
std::vector<BlockOrder> block_orders(std::uint64_t seed, std::size_t blocks);

}  // namespace luolab
