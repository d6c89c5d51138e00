// SPDX-License-Identifier: Apache-2.0
// Phases of the candidate against the baseline's, boot by boot.
#include "controller/gate/gate.h"

namespace luolab {

Task<void> Gate::measure() { co_return; }

}  // namespace luolab
