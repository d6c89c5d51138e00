// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/protocol/report.h"

namespace luolab {

/// When the guest's echo service answered, as an outside client saw it. Pure.
class EchoLog {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// A stretch without an answer.
  struct Gap {
    Time start;  ///< the last answer before it
    Time end;    ///< the first answer after it
  };

  void add_request() { ++requests_; }
  void add_reply(Time at);

  std::uint64_t requests() const { return requests_; }
  std::uint64_t replies() const { return replies_; }
  /// The longest gap of those that touch a stretch of time; a stretch that no answer followed has
  /// none.
  std::optional<Gap> longest_gap(Time start, Time end) const;

 private:
  std::uint64_t requests_ = 0;
  std::uint64_t replies_ = 0;
  Time last_;
  std::vector<Gap> gaps_;  // the longer ones, in order
};

/// The measurement with which the guest says how long it took to be ready to answer.
inline constexpr const char* kEchoSetUp = "echo.set-up";

/// Adds to an attempt's report what the echo probe saw: measurement `echo.gap` for each hop and
/// check `echo.agreement`, which compares it with the guest's own blackout and
/// what it took to set up the network behind it. A passed job whose
/// service was never there, or did not come back, is an ERROR: there was no such load.
/// `power_on`: the zero of the report's worker times.
void add_echo(AttemptReport& report, const EchoLog& log, EchoLog::Time power_on);

}  // namespace luolab
