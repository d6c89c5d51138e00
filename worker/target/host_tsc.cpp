// SPDX-License-Identifier: Apache-2.0
#include "worker/target/host_tsc.h"

#include <chrono>
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
  std::uint64_t tsc = read_host_tsc();
  Clock::time_point at = Clock::now();
};

}  // namespace

std::uint64_t host_tsc_hz() {
  static const Sample kFirst;
  std::this_thread::sleep_until(kFirst.at + kLeastBaseline);
  const Sample now;
  const double seconds = std::chrono::duration<double>(now.at - kFirst.at).count();
  return static_cast<std::uint64_t>(static_cast<double>(now.tsc - kFirst.tsc) / seconds);
}

}  // namespace luolab
