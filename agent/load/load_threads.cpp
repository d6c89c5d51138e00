// SPDX-License-Identifier: Apache-2.0
#include "agent/load/load_threads.h"

#include <sched.h>

#include <algorithm>
#include <chrono>

namespace luolab {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kLongestSleep{50};  // so that stopping takes no longer

void pin_to(std::uint32_t cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(cpu % std::max(1U, std::thread::hardware_concurrency()), &set);
  sched_setaffinity(0, sizeof set, &set);
}

}  // namespace

LoadThreads::LoadThreads(const LoadPace& pace, std::function<bool(std::uint32_t)> step)
    : pace_(pace), step_(std::move(step)) {
  for (std::uint32_t thread = 0; thread < pace_.threads; ++thread) {
    threads_.emplace_back([this, thread] { run(thread); });
  }
}

void LoadThreads::halt() {
  stop_ = true;
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void LoadThreads::run(std::uint32_t thread) {
  if (pace_.pinned) pin_to(thread);
  const auto start = Clock::now();
  for (std::uint64_t steps = 1; !stop_.load(std::memory_order_relaxed); ++steps) {
    if (!step_(thread)) return;
    if (pace_.steps_per_second == 0) continue;
    // By the schedule from the start: a timer that is late, or coarse, costs no steps.
    const auto due =
        start +
        std::chrono::nanoseconds{static_cast<std::int64_t>(
            static_cast<double>(steps) * 1e9 / static_cast<double>(pace_.steps_per_second))};
    for (auto now = Clock::now(); now < due && !stop_; now = Clock::now()) {
      std::this_thread::sleep_for(std::min<Clock::duration>(due - now, kLongestSleep));
    }
  }
}

}  // namespace luolab
