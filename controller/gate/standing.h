// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "controller/gate/gate_report.h"

namespace luolab {

/// One try of a test, as far as its standing depends on it.
struct SeenTry {
  Verdict verdict = Verdict::MISS;
  std::string signature;     ///< of a FAIL: see failure_signature
  bool fork_failed = false;  ///< the job's fork had failed, and power-on did not show it
};

/// What a test has come to, and what more must be seen before that is the last word. Tries of the
/// two kernels are wanted in turns.
struct StandingSoFar {
  Standing standing = Standing::unknown;
  std::string reason;  ///< one line
  std::uint32_t more_candidate = 0;
  std::uint32_t more_baseline = 0;
  bool settled() const { return more_candidate == 0 && more_baseline == 0; }
};

/// Decides from all tries of a test. Pure; docs/gate.md has the rules in words:
/// - a pass of the candidate holds, whatever else it ended with but FAIL;
/// - a FAIL is a regression once the candidate has failed three times of three and the baseline,
///   tried as often beside it, has never;
/// - where a fork of the candidate failed and power-on did not, it is tried six times from power-on
///   in all: a fault that comes and goes looks like that as well;
/// - failures that come and go are tried nine times on each: a regression where so many failures
///   would come by chance in less than one case of a hundred (Fisher's exact test), else flaky;
/// - a candidate that never gets as far as a judgement (MISS, ERROR) is compared as well: where it
///   broke four times of four and the baseline passed four times of four beside it, chance would
///   give that once in seventy, and the candidate is to blame. One such end alone blames the lab.
StandingSoFar standing_of(const std::vector<SeenTry>& candidate,
                          const std::vector<SeenTry>& baseline);

}  // namespace luolab
