// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <thread>
#include <vector>

namespace luolab {

struct LoadPace {
  std::uint32_t threads = 1;
  bool pinned = false;                 ///< thread i runs on CPU i, counted round
  std::uint64_t steps_per_second = 0;  ///< of each thread; 0: as fast as it can
};

/// Threads that repeat a step until they are halted, which waits for the steps in hand.
class LoadThreads {
 public:
  /// `step(thread)`: false ends that thread. Called by all threads at once.
  LoadThreads(const LoadPace& pace, std::function<bool(std::uint32_t thread)> step);
  LoadThreads(const LoadThreads&) = delete;
  LoadThreads& operator=(const LoadThreads&) = delete;
  ~LoadThreads() { halt(); }
  void halt();

 private:
  void run(std::uint32_t thread);

  LoadPace pace_;
  std::function<bool(std::uint32_t)> step_;
  std::atomic<bool> stop_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace luolab
