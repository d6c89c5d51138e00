// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "core/protocol/verdict.h"
#include "db/record.h"

namespace luolab {

/// Which attempts make a trend: the newest that ended with a report, after these filters. The
/// number bounds what is read, whatever the size of the store.
struct TrendFilter {
  std::string phase;     ///< whose duration is wanted: "blackout"
  std::string scenario;  ///< empty: of all
  std::string worker;    ///< empty: on all
  std::size_t newest = 1000;
};

/// An attempt as a point of a trend.
struct TrendPoint {
  AttemptId attempt;
  JobId job;
  std::string title;  ///< of the job
  std::string scenario;
  std::string worker;
  std::string accel;
  TimePoint started;
  Verdict verdict = Verdict::MISS;
  std::string outgoing, incoming;  ///< titles of the first and of the last kernel; empty: not known
  std::string outgoing_release, incoming_release;
  std::string incoming_build;          ///< its key
  std::uint32_t hops = 0;              ///< live updates that came to a new kernel
  std::uint64_t bytes_per_update = 0;  ///< preserved memory that was verified after each
  std::optional<std::chrono::nanoseconds> duration;  ///< of the phase, mean over its hops
};

}  // namespace luolab
