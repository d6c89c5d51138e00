// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace luolab {

struct WeightedItem {
  std::string value;  ///< without its parameters
  int weight = 1000;  ///< q-value in thousandths
};

/// Pure: an Accept-like field (RFC 9110, 12.4.2), in its order. An item whose q-value is none
/// counts as not accepted (0); empty items are left out.
std::vector<WeightedItem> parse_weighted_list(std::string_view field);

}  // namespace luolab
