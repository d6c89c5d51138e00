// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include <boost/describe/enum.hpp>

#include "db/record.h"

namespace luolab {

enum class FleetBuildState { building, ready, failed };
BOOST_DESCRIBE_ENUM(FleetBuildState, building, ready, failed)

/// A kernel build that the fleet shares: made by one worker, fetched by the others.
struct FleetBuild {
  std::int64_t id = 0;  ///< pages count by it
  std::string key;      ///< build_key
  std::string title;
  FleetBuildState state = FleetBuildState::building;
  std::string worker;    ///< that builds or has built it
  AttemptId attempt;     ///< for which it was built
  std::string artifact;  ///< SHA-256 of the archive, when ready
  std::string detail;    ///< why it failed
  TimePoint created;
  TimePoint updated;
};

}  // namespace luolab
