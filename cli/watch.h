// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "cli/service_client.h"

namespace luolab {

/// Shows on standard error how a controller's run goes on, until it has ended; its verdict table
/// then, and the exit code that `luolab run` would give. Survives the controller's restarts.
/// Cancelling leaves the run as it is.
Task<int> watch_run(ServiceClient& client, std::string run);

}  // namespace luolab
