// SPDX-License-Identifier: Apache-2.0
#include "controller/gate/layout_check.h"

#include <fmt/format.h>

namespace luolab {

Job in_layout(Job job, const Series& layout) {
  for (KernelSpec& kernel : job.kernels) {
    if (kernel.base.kind != BaseKind::prebuilt) kernel.series.push_back(layout);
  }
  return job;
}

GatePhase seen_in_both(const GatePhase& first, GatePhase other) {
  if (other.outcome == PhaseOutcome::slower) {
    GatePhase both = first;
    both.sentence +=
        fmt::format("; with the kernel's code laid out otherwise, {:+.1f} %", 100 * other.shift);
    return both;
  }
  const bool is_open = other.outcome == PhaseOutcome::inconclusive;
  // Slower here and faster there says nothing about either.
  if (other.outcome == PhaseOutcome::faster) other.outcome = PhaseOutcome::inconclusive;
  other.sentence += fmt::format(
      "; {:+.1f} % before the kernel's code was laid out otherwise{}", 100 * first.shift,
      is_open ? ", and not for certain any more" : ": that was its place");
  return other;
}

}  // namespace luolab
