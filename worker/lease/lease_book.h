// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/protocol/lease.h"

namespace luolab {

/// How far an attempt is that a worker holds.
enum class HoldState {
  running,     ///< its machine is on, or its kernels are built
  settling,    ///< its report is on disk; what went on beside it is being ended
  finished,    ///< waits to be delivered
  delivering,  ///< is being delivered at this moment
};

/// Why a running attempt is to end before it has its verdict.
enum class EndReason {
  none,
  canceled,  ///< somebody cancelled its job: it is reported
  stale,     ///< it is not this worker's any more: nothing is reported
  stopped,   ///< the worker is stopped: it is reported, and may be made elsewhere
};

/// Which attempts a worker holds, and in which state. Pure: no files, no clock; one thread.
class LeaseBook {
 public:
  struct Entry {
    std::int64_t job_id = 0;
    HoldState state = HoldState::running;
    EndReason asked_to_end = EndReason::none;
    std::string activity;
  };

  /// A new one, which runs. One that is held already is left as it is: false.
  bool begin(std::int64_t attempt, std::int64_t job_id);
  /// One that an earlier process left, finished.
  void adopt(std::int64_t attempt, std::int64_t job_id);
  void tell(std::int64_t attempt, std::string_view activity);
  void move_to(std::int64_t attempt, HoldState state);
  /// Remembers the first reason. False where the attempt does not run (any more).
  bool ask_to_end(std::int64_t attempt, EndReason reason);
  void erase(std::int64_t attempt) { entries_.erase(attempt); }

  const Entry* find(std::int64_t attempt) const;
  EndReason asked_to_end(std::int64_t attempt) const;
  std::size_t running() const;
  bool empty() const { return entries_.empty(); }
  std::vector<std::int64_t> held() const;
  std::vector<std::int64_t> in_state(HoldState state) const;
  /// What a heartbeat says.
  std::vector<AttemptActivity> activities() const;
  /// The finished attempt that is to be delivered first: the oldest.
  std::optional<std::int64_t> next_to_deliver() const;

 private:
  std::map<std::int64_t, Entry> entries_;
};

}  // namespace luolab
