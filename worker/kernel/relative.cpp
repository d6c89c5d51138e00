// SPDX-License-Identifier: Apache-2.0
#include "worker/kernel/relative.h"

#include <algorithm>

namespace luolab {
namespace {

bool is_ancestor(const Lineage& older, const Lineage& wanted) {
  return older.family == wanted.family && older.patches.size() <= wanted.patches.size() &&
         std::equal(older.patches.begin(), older.patches.end(), wanted.patches.begin());
}

}  // namespace

std::optional<std::size_t> nearest_relative(const Lineage& wanted,
                                            const std::vector<Lineage>& built) {
  std::optional<std::size_t> nearest;
  for (std::size_t at = 0; at < built.size(); ++at) {
    if (!is_ancestor(built[at], wanted)) continue;
    if (!nearest || built[at].patches.size() > built[*nearest].patches.size()) nearest = at;
  }
  return nearest;
}

}  // namespace luolab
