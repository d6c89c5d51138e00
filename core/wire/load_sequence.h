// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace luolab {

/// In which order a writer visits its pages.
///   sequential  one after the other, round and round
///   random      each step anywhere
///   hot_spot    15 of 16 steps in the first sixteenth of its pages, the others anywhere
enum class LoadOrder { sequential, random, hot_spot };

/// "sequential", "random", "hot-spot".
std::string_view order_name(LoadOrder order);
std::optional<LoadOrder> parse_order(std::string_view name);

/// Who writes which page of one memfd when. Agent and worker derive the same answer from it, so
/// that the worker knows from the number of a writer's steps what every page must hold. Writer w of
/// `writers` owns the pages p with p % writers == w: no page has two writers. Plain value.
struct LoadShape {
  LoadOrder order = LoadOrder::sequential;
  std::uint64_t seed = 0;     ///< of the order alone; the contents have a seed of their own
  std::uint64_t pages = 0;    ///< whole pages of the memfd; at least `writers`
  std::uint32_t writers = 1;  ///< at least 1

  /// How many pages a writer owns.
  std::uint64_t pages_of(std::uint32_t writer) const;
};

/// The page of a writer's step. Steps count from 1 and go on over all hops.
std::uint64_t load_page(const LoadShape& shape, std::uint32_t writer, std::uint64_t step);

}  // namespace luolab
