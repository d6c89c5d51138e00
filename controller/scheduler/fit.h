// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace luolab {

/// Place of a worker in the pool's table. Given to another once the worker is gone for good.
using WorkerIndex = std::uint32_t;

/// Which workers may take a job, builds aside. Many jobs have the same.
struct Fit {
  std::string arch;
  std::uint64_t memory_bytes = 0;
  std::uint32_t cpus = 1;
  bool kvm = false;
  std::vector<std::string> tags;  ///< sorted, each once
  std::string target;             ///< empty: any
  std::set<std::string> avoid;    ///< workers that are taken only where no other fits
  std::string only;               ///< the one worker that may; empty: any
  friend auto operator<=>(const Fit&, const Fit&) = default;
};

}  // namespace luolab
