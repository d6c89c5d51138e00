// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "cli/service_client.h"

namespace luolab {

/// Shows on standard error how a controller's run goes on, until it has ended; its verdicts then.
/// Returns the exit code that `luolab run` would give. Survives the controller's restarts.
/// Cancelling leaves the run as it is, and says so.
Task<int> watch_run(ServiceClient& client, std::string run);

}  // namespace luolab
