// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "worker/run/attempt.h"
#include "worker/run/transcript.h"

namespace luolab {

/// Feeds the run machine with what the target does, and sends what it asks, until it has its
/// verdict.
Task<void> converse(Target& target, RunMachine& machine, AttemptContext& context);

/// The same until the machine is at `point`, whose request is not sent. All is written down. False
/// where the verdict came first.
Task<bool> converse_until(StartPoint point, Target& target, RunMachine& machine,
                          AttemptContext& context, Transcript& transcript);

}  // namespace luolab
