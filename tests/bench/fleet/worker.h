// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "core/async/signal.h"
#include "tests/bench/fleet/connection.h"
#include "tests/bench/fleet/fleet.h"

namespace luolab::bench {

/// A worker without machines: takes one job at a time, lets its time pass, reports PASS. Keeps what
/// it has not delivered and delivers it again until the controller has taken or refused it, as a
/// real worker does. Two connections: one for leases and reports, one for signs of life.
class SimulatedWorker {
 public:
  SimulatedWorker(const asio::any_io_executor& executor, Fleet& fleet, std::uint32_t number);

  /// Leases, runs and reports, until it is cancelled.
  Task<void> work();
  /// Sends signs of life, until it is cancelled.
  Task<void> beat();

 private:
  struct Held {
    std::int64_t attempt = 0;
    std::int64_t job = 0;
    std::int64_t run = 0;
    Clock::time_point ends;
  };

  Task<void> greet();
  Task<void> step();
  Task<void> ask();
  Task<void> deliver();
  Task<void> beat_once();
  Task<void> beat_in_time(Clock::time_point due);
  std::string hello_json() const;

  Fleet& fleet_;
  std::uint32_t number_;
  std::string name_;
  std::string instance_;
  std::string address_;  ///< /api/v1/workers/NAME
  std::string report_;
  FleetConnection lane_;
  FleetConnection signs_;
  std::optional<Held> held_;
  bool known_ = false;  ///< the controller has welcomed this instance
  bool greeting_ = false;
  bool greeted_once_ = false;
  Signal welcomed_;
  std::chrono::nanoseconds heartbeat_{std::chrono::seconds{10}};
};

}  // namespace luolab::bench
