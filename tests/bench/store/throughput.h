// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>

namespace luolab::bench {

struct PairRate {
  double per_second = 0;
  double cpu_microseconds = 0;  ///< of this process, for one pair
};

/// Queues `pairs` jobs and takes them through lease and finish, `lanes` at a time, each step
/// posted to a StoreWriter when the one before is on disk.
PairRate measure_pairs(const std::filesystem::path& file, std::size_t pairs, std::size_t lanes);

}  // namespace luolab::bench
