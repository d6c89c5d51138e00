// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "controller/gate/gate_report.h"
#include "core/protocol/report.h"

namespace luolab {

/// What failed, the same for the same fault and free of what differs from boot to boot (addresses,
/// counts, times): "content vm-0/ram", "console: BUG: unable to handle page fault in
/// memfd_luo_retrieve". Empty where nothing failed. Pure.
std::string failure_signature(const AttemptReport& report);

/// The checks that did not hold and the console's excerpts, shortened; at most `most` of them.
std::vector<GateEvidence> evidence_of(const AttemptReport& report, const std::string& job,
                                      std::size_t most = 4);

}  // namespace luolab
