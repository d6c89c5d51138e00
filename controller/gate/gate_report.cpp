// SPDX-License-Identifier: Apache-2.0
#include "controller/gate/gate_report.h"

namespace luolab {

int gate_exit_code(GateAnswer answer) {
  switch (answer) {
    case GateAnswer::may_go_in:
      return 0;
    case GateAnswer::must_not:
      return 1;
    case GateAnswer::lab_trouble:
      return 2;
    case GateAnswer::inconclusive:
      return 3;
    case GateAnswer::does_not_apply:
      return 4;
  }
  return 2;
}

bool is_too_slow(const GatePhase& phase) {
  return phase.outcome == PhaseOutcome::slower && phase.shift >= phase.matters;
}

}  // namespace luolab
