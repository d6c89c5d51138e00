// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/bench/scheduling/figures.h"

namespace luolab::simulation {

/// How evenly slot-seconds go to those who want more than they get: in windows of virtual time,
/// Jain's index over the submitters that had jobs all the while which waited for nothing but a
/// slot.
class Fairness {
 public:
  Fairness(std::size_t submitters, double window_seconds)
      : window_(window_seconds), sides_(submitters) {}

  /// All calls are in order of time; seconds.
  void waiting(std::size_t submitter, int change, double now);
  void running(std::size_t submitter, int change, double now);

  double mean() const { return windows_ > 0 ? sum_ / static_cast<double>(windows_) : 1; }
  std::uint64_t windows() const { return windows_; }

 private:
  struct Side {
    std::int64_t waiting = 0;
    std::int64_t running = 0;
    bool always = false;  ///< had waiting jobs since the window began
    double used = 0;
    double since = 0;
  };
  void advance(double now);
  void close(double end);

  double window_;
  double begin_ = 0;
  std::vector<Side> sides_;
  double sum_ = 0;
  std::uint64_t windows_ = 0;
};

}  // namespace luolab::simulation
