// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>

#include "agent/load/load.h"
#include "agent/load/load_threads.h"

namespace luolab {

/// A load of like steps, each of which finds what it expects or does not.
class CountedLoad : public Load {
 public:
  /// `step(thread)`: empty, or in words what went wrong. Called by all threads at once.
  using Step = std::function<std::string(std::uint32_t thread)>;
  CountedLoad(const LoadPace& pace, Step step);

  Json figures() const override;
  void halt() override { threads_.halt(); }

 private:
  bool run(std::uint32_t thread);

  Step step_;
  std::atomic<std::uint64_t> count_ = 0;
  std::atomic<std::uint64_t> bad_ = 0;
  mutable std::mutex mutex_;  // guards first_bad_
  std::string first_bad_;
  LoadThreads threads_;  // last: they use all of the above
};

}  // namespace luolab
