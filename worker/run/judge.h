// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "core/protocol/report.h"

namespace luolab {

/// A verdict with the one line that says why.
struct Judgement {
  Verdict verdict = Verdict::MISS;
  std::string reason;
};

/// From what was checked to the verdict. Pure.
/// A FAIL needs a check that failed on evidence; without one, the worst of ERROR, MISS and SKIP
/// stands. PASS needs `completed`, that is: every hop was made and every check of the job was run,
/// and each continuity check present for each hop. Anything missing is MISS, never PASS. Where all
/// that is so but for known issues, or one of them ended the machine, it is XFAIL.
Judgement judge(const std::vector<Check>& checks, std::uint32_t hops_wanted, bool completed);

/// The proofs without which a hop proves nothing: nonce, boot id, build id, boot banners.
extern const std::vector<std::string> kContinuityChecks;

}  // namespace luolab
