// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "agent/failure.h"

namespace luolab {

/// What the kernel allocated and refers to no more.
struct MemoryLeaks {
  std::uint64_t count = 0;  ///< allocated by live update's code
  std::string first;        ///< kmemleak's words about the first of them; empty where there is none
  std::uint64_t elsewhere = 0;
  std::uint64_t mapped = 0;  ///< areas that live update's code has mapped; kmemleak misses such
};

/// Reads kmemleak's report. Pure. Source: Documentation/dev-tools/kmemleak.rst.
MemoryLeaks parse_leaks(std::string_view report);

/// How many lines of /proc/vmallocinfo are of areas that live update's code asked for. Pure.
std::uint64_t count_mapped(std::string_view areas);

/// Has the kernel look for leaks, which takes some seconds: what is younger than five is no leak
/// yet. ENOENT where the kernel has no kmemleak, EPERM where it is off (kmemleak=on).
Outcome<MemoryLeaks> find_leaks();

}  // namespace luolab
