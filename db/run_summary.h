// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <string>

#include "core/protocol/verdict.h"
#include "db/record.h"

namespace luolab {

/// A point of a run's matrix: its jobs differ in nothing but the repetition.
struct RunPoint {
  std::string title;     ///< of its jobs without the repetition: "memfd-under-load[size=64MiB]"
  std::string scenario;  ///< its name
  std::size_t jobs = 0;
  std::size_t queued = 0, running = 0;
  std::map<Verdict, std::size_t> verdicts;  ///< of those that ended
  JobId job;                                ///< its first job
};

/// A phase over the last attempts of a run's jobs: each hop of each job is one duration; of phases
/// with subjects the whole counts.
struct RunPhase {
  std::string name;
  std::size_t durations = 0;
  std::chrono::nanoseconds least{}, median{}, high{}, most{};  ///< high: the 95th of a hundred
  JobId slowest;                                               ///< the job that has `most`
};

}  // namespace luolab
