// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <list>

#include "core/async/signal.h"
#include "worker/lease/lease_clock.h"

namespace luolab {

/// Time that passes only when a test lets it. One thread.
class FakeClock final : public LeaseClock {
 public:
  std::chrono::nanoseconds now() const override { return now_; }
  Task<void> sleep(std::chrono::nanoseconds duration) override;

  /// Goes to when the next sleeper is to wake, and wakes it. False: nobody sleeps.
  bool advance();

 private:
  struct Sleeper {
    std::chrono::nanoseconds until;
    Signal due;
  };
  std::chrono::nanoseconds now_{};
  std::list<Sleeper> sleepers_;
};

}  // namespace luolab
