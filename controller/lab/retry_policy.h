// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "core/protocol/report.h"
#include "core/protocol/verdict.h"

namespace luolab {

/// How often a job is tried. A failure of the lab is tried again elsewhere, within a bound; one of
/// the kernel is never retried away, but confirmed.
struct RetryPolicy {
  std::uint32_t most_misses = 3;  ///< attempts that may end in MISS before the job does
  std::uint32_t confirm = 0;      ///< attempts after a FAIL, to tell confirmed from flaky
};

/// An attempt of the job that has ended, as far as the next step depends on it.
struct EndedAttempt {
  Verdict verdict = Verdict::MISS;
  std::string reason;
  std::string worker;
  StartPoint start = StartPoint::power_on;
};

/// What becomes of a job after an attempt.
struct NextStep {
  bool again = false;
  bool from_power_on = false;       ///< the next attempt must not start in a fork
  Verdict verdict = Verdict::MISS;  ///< of the job, where it is not tried again
  std::string reason;               ///< why, or why it is tried again
};

/// Decides after `last`, which came after `earlier` (oldest first). Pure.
/// - MISS: again, until `most_misses` attempts have missed.
/// - FAIL in a fork: again from power-on; that attempt then counts in its place.
/// - FAIL from power-on: `confirm` more attempts, whatever they give (a MISS among them is made up
///   for); all FAIL is "confirmed", else "flaky". Both are FAIL.
/// - Anything else ends the job.
NextStep next_step(std::span<const EndedAttempt> earlier, const EndedAttempt& last,
                   const RetryPolicy& policy);

/// Whether an attempt that comes after these must start from power-on.
bool needs_power_on(std::span<const EndedAttempt> earlier);

}  // namespace luolab
