// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>

#include "agent/failure.h"
#include "agent/owned_fd.h"

namespace luolab {

// What the agent does as PID 1 of an initramfs, where nobody else does it.

/// Mounts /proc, /sys, /dev and debugfs, opens /dev/null and the kernel's log as descriptors 0 to
/// 2, raises the limit of open files, and reaps every child from then on. What the kernel lacks is
/// left out.
void prepare_machine();

/// Opens the virtio port of this name once the driver has found it. ENODEV after the deadline.
/// Source: drivers/char/virtio_console.c (class virtio-ports, attribute name).
Outcome<OwnedFd> open_port(const std::string& name, std::chrono::milliseconds deadline);

/// Syncs nothing: memory is all there is. Does not return.
[[noreturn]] void power_off();

/// Tells the console why, then powers off: a PID 1 that exits panics the kernel, which would be
/// taken for the kernel's fault. Does not return.
[[noreturn]] void give_up(const Failure& failure);

}  // namespace luolab
