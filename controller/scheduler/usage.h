// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>

#include "db/record.h"

namespace luolab {

/// What one submitter used lately, in slot-seconds: each running job adds one a second, and half of
/// all is forgotten after each half-life. A value; no clock of its own. Time that goes backwards
/// counts as standing still.
class Usage {
 public:
  /// Half-lives below a second count as a second.
  explicit Usage(std::chrono::nanoseconds half_life);

  void start(TimePoint now);
  void end(TimePoint now);
  /// As if the job that started at `started` never had.
  void undo(TimePoint started, TimePoint now);

  /// Slot-seconds.
  double at(TimePoint now) const;
  /// By this submitters are compared, least first: usage, and a minute in advance for each job that
  /// runs, so that slots which become free at one instant are shared, too.
  double standing(TimePoint now) const;
  std::uint32_t running() const { return running_; }

 private:
  void advance(TimePoint now);

  double forgetting_;  ///< per second
  double used_ = 0;    ///< slot-seconds, as of `since_`
  TimePoint since_{};
  std::uint32_t running_ = 0;
};

}  // namespace luolab
