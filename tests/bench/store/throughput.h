// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>

namespace luolab::bench {

/// Queues `pairs` jobs and takes them through lease and finish, `lanes` at a time, each step
/// posted to a StoreWriter when the one before is on disk. Gives pairs per second.
double measure_pairs(const std::filesystem::path& file, std::size_t pairs, std::size_t lanes);

}  // namespace luolab::bench
