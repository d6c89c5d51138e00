// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "tests/bench/scheduling/options.h"

namespace luolab::simulation {

/// Seconds.
struct Spread {
  double p50 = 0;
  double p90 = 0;
  double p99 = 0;
  double max = 0;
};
Spread spread_of(std::vector<float> values);

/// Jain's index: 1 where all have the same, 1/n where one has all.
double jain_index(const std::vector<double>& values);

struct Figures {
  std::uint64_t placements = 0;
  std::uint64_t attempts_again = 0;
  std::uint64_t builds = 0;
  std::uint64_t workers_lost = 0;
  std::uint64_t most_waiting = 0;
  std::map<int, Spread> waits;  ///< by priority; virtual seconds until the first attempt
  double virtual_hours = 0;
  double utilisation = 0;          ///< of all slots while jobs came
  double fairness = 1;             ///< Jain's index of slot-seconds, mean over saturated windows
  std::uint64_t fair_windows = 0;  ///< that it is the mean of
  double real_seconds = 0;
  double scheduler_seconds = 0;  ///< of those, in the scheduler
  std::uint64_t peak_bytes = 0;  ///< of the process
};

std::string text(const Options& options, const Figures& figures);
std::string json(const Options& options, const Figures& figures);

}  // namespace luolab::simulation
