// SPDX-License-Identifier: Apache-2.0
#include "worker/target/host_tsc.h"

#include <chrono>
#include <limits>
#include <thread>

#if defined(__x86_64__)
#include <x86intrin.h>
#endif

namespace luolab {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds kLeastBaseline{50};

std::uint64_t read_host_tsc() {
#if defined(__x86_64__)
  return __rdtsc();
#else
  return 0;
#endif
}

struct Sample {
  std::uint64_t tsc = 0;
  Clock::time_point at;
};

/// Who loses the processor between the two readings takes them again: the closest pair counts.
Sample take_sample() {
  constexpr int kTries = 16;
  Sample best;
  std::uint64_t narrowest = std::numeric_limits<std::uint64_t>::max();
  for (int i = 0; i < kTries; ++i) {
    const std::uint64_t before = read_host_tsc();
    const Clock::time_point at = Clock::now();
    const std::uint64_t apart = read_host_tsc() - before;
    if (apart >= narrowest) continue;
    narrowest = apart;
    best = {before, at};
  }
  return best;
}

}  // namespace

std::uint64_t host_tsc_hz() {
  static const Sample kFirst = take_sample();
  std::this_thread::sleep_until(kFirst.at + kLeastBaseline);
  const Sample now = take_sample();
  const double seconds = std::chrono::duration<double>(now.at - kFirst.at).count();
  return static_cast<std::uint64_t>(static_cast<double>(now.tsc - kFirst.tsc) / seconds);
}

std::uint64_t first_host_tsc_hz() {
  static const std::uint64_t kHz = host_tsc_hz();
  return kHz;
}

}  // namespace luolab
