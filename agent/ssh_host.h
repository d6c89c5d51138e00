// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/network.h"

namespace luolab {

/// What PID 1 does where agents are started through SSH: sets up the network, starts the SSH server
/// of the initramfs, and watches whether anything comes in. While nothing does, it says so on the
/// console; after `setting.unheard` it resets the machine. Does not return.
[[noreturn]] void host_ssh(const NetworkSetting& setting);

/// Resets the machine at once, as the firmware would be asked to. Does not return.
[[noreturn]] void reset_machine();

}  // namespace luolab
