// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <random>

namespace luolab {

/// How long to wait before the next try of what has just failed: at least 1 s, at most 2 s the
/// first time, then up to twice as long each time, and never over 30 s. Drawn evenly from that
/// stretch, so that a fleet does not come back all at once. Pure; one thread.
class Backoff {
 public:
  static constexpr std::chrono::milliseconds kLeast{1'000};
  static constexpr std::chrono::milliseconds kMost{30'000};

  explicit Backoff(std::uint32_t seed = std::random_device{}()) : random_(seed) {}

  std::chrono::milliseconds next() {
    ceiling_ = std::min(kMost, ceiling_ * 2);
    std::uniform_int_distribution<std::int64_t> draw(kLeast.count(), ceiling_.count());
    return std::chrono::milliseconds{draw(random_)};
  }

  /// It worked: the next failure is a first one.
  void reset() { ceiling_ = kLeast; }

 private:
  std::minstd_rand random_;
  std::chrono::milliseconds ceiling_ = kLeast;
};

}  // namespace luolab
