// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "worker/run/attempt_setup.h"
#include "worker/run/machine_template.h"

namespace luolab {

/// The secrets of a job that goes on from `origin`: what that machine was told stays, everything
/// else is fresh. The nonce is first told when the baggage is packed.
AttemptSecrets secrets_of_fork(const MachineTemplate& origin);

/// Runs an attempt to its verdict in a machine that goes on from `origin`, with a nonce of its own
/// unless that was told already. Its files are in `scratch`. Empty where the machine does not fit
/// this job or can't go on: the attempt is then to be made from power-on, and nothing is left.
Task<std::optional<AttemptReport>> run_forked(AttemptSetup setup,
                                              std::shared_ptr<const MachineTemplate> origin,
                                              std::filesystem::path scratch);

}  // namespace luolab
