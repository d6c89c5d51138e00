// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "agent/failure.h"
#include "agent/load/load.h"

namespace luolab {

/// Gives the machine's first network device its address (core/wire/agent_wire.h) and answers every
/// datagram at the echo port with itself, on a thread of its own: the service whose gap is seen
/// from outside. ENODEV where there is no network device, or the kernel has no network.
Outcome<std::unique_ptr<Load>> start_echo_server();

}  // namespace luolab
