// SPDX-License-Identifier: Apache-2.0
#include "controller/statistics/block_order.h"

#include <random>

namespace luolab {

std::vector<BlockOrder> block_orders(std::uint64_t seed, std::size_t blocks) {
  std::mt19937_64 random(seed);
  std::vector<BlockOrder> orders;
  orders.reserve(blocks);
  // The top bit: no std::distribution, whose results differ between libraries.
  for (std::size_t i = 0; i < blocks; ++i)
    orders.push_back((random() >> 63U) != 0 ? BlockOrder::candidate_outside
                                            : BlockOrder::baseline_outside);
  return orders;
}

}  // namespace luolab
