// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <boost/describe/enum.hpp>

#include "db/token_record.h"

namespace luolab {

/// What an operator wants of a worker.
enum class AdminState { ready, draining };
BOOST_DESCRIBE_ENUM(AdminState, ready, draining)

enum class WorkerHealth { healthy, quarantined };
BOOST_DESCRIBE_ENUM(WorkerHealth, healthy, quarantined)

/// A worker that has said hello at least once.
struct WorkerRow {
  std::string name;
  TokenId token;           ///< the only one that may use the name, until it is revoked
  std::string hello_json;  ///< its last WorkerHello
  AdminState admin_state = AdminState::ready;
  WorkerHealth health = WorkerHealth::healthy;
  std::string health_reason;
  std::uint32_t misses = 0;  ///< jobs in a row that ended with MISS on it
  TimePoint first_seen;
  TimePoint last_seen;
};

/// A sign of life.
struct WorkerSeen {
  std::string name;
  TimePoint time;
};

}  // namespace luolab
