// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <unordered_map>

namespace luolab {

/// How often somebody may ask: `burst` requests at once, refilled at `per_second`.
struct Rate {
  double per_second = 0;  ///< 0: no limit
  double burst = 0;
};

/// A bucket of permissions for each name (a token, an address). Pure; one thread. Forgets names
/// whose bucket is full again, so that it stays small.
class RateLimit {
 public:
  using Clock = std::chrono::steady_clock;
  explicit RateLimit(Rate rate) : rate_(rate) {}

  /// Takes one. Nothing: granted; else after what time to ask again.
  std::optional<std::chrono::milliseconds> take(const std::string& name, Clock::time_point now);
  std::size_t size() const { return buckets_.size(); }

 private:
  struct Bucket {
    double left = 0;
    Clock::time_point filled;
  };
  void forget_full(Clock::time_point now);

  Rate rate_;
  std::unordered_map<std::string, Bucket> buckets_;
  Clock::time_point cleaned_{};
};

}  // namespace luolab
