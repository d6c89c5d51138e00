// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "controller/scheduler/scheduler.h"

namespace luolab::simulation {

/// What is simulated. Durations are virtual, in seconds.
struct Options {
  std::uint32_t workers = 10'000;
  std::uint32_t jobs = 1'000'000;
  std::uint32_t submitters = 40;
  std::uint64_t seed = 1;
  double load = 1.5;           ///< jobs that come, of what the fleet can do in the same time
  double job_seconds = 300;    ///< mean
  double build_seconds = 400;  ///< mean
  double run_jobs = 150;       ///< mean, of one submission
  double failing = 0.005;      ///< of attempts: the lab's fault, tried again elsewhere
  double failing_builds = 0.02;
  double worker_hours = 50;       ///< mean time until a worker is lost
  bool equal_priorities = false;  ///< all are 50; else one in ten is 80, and about one in six 20
  SchedulerLimits limits;
};

}  // namespace luolab::simulation
