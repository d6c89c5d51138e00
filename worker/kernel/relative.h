// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace luolab {

/// What a build was made from, as far as growing another one out of it goes.
struct Lineage {
  std::string digest;                ///< the build's key
  std::string family;                ///< BuildIngredients::family
  std::vector<std::string> patches;  ///< their digests, in order
};

/// The build to start from: of the same family, whose patches are all among the first of `wanted`,
/// as many as possible. Never one with a patch that would have to be taken away, since make
/// compares dates. An index into `built`; empty where none fits. Pure.
std::optional<std::size_t> nearest_relative(const Lineage& wanted,
                                            const std::vector<Lineage>& built);

}  // namespace luolab
