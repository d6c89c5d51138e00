// SPDX-License-Identifier: Apache-2.0
#include "controller/access/rate_limit.h"

#include <algorithm>
#include <cmath>

namespace luolab {
namespace {

constexpr std::chrono::seconds kCleaning{60};

}  // namespace

std::optional<std::chrono::milliseconds> RateLimit::take(const std::string& name,
                                                         Clock::time_point now) {
  if (rate_.per_second <= 0) return {};
  if (now - cleaned_ > kCleaning) forget_full(now);
  const auto [found, fresh] = buckets_.try_emplace(name, Bucket{rate_.burst, now});
  Bucket& bucket = found->second;
  const double waited = std::chrono::duration<double>(now - bucket.filled).count();
  bucket.left = std::min(rate_.burst, bucket.left + waited * rate_.per_second);
  bucket.filled = now;
  if (bucket.left >= 1) {
    bucket.left -= 1;
    return {};
  }
  const double seconds = (1 - bucket.left) / rate_.per_second;
  return std::chrono::milliseconds{static_cast<std::int64_t>(std::ceil(seconds * 1000))};
}

void RateLimit::forget_full(Clock::time_point now) {
  cleaned_ = now;
  std::erase_if(buckets_, [&](const auto& entry) {
    const double waited = std::chrono::duration<double>(now - entry.second.filled).count();
    return entry.second.left + waited * rate_.per_second >= rate_.burst;
  });
}

}  // namespace luolab
