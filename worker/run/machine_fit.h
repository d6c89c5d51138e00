// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "core/protocol/job.h"
#include "worker/target/machine_probe.h"
#include "worker/target/ssh_machine.h"

namespace luolab {

/// Why a job is nothing for a machine, for people; empty: nothing is in the way. Such a job is
/// SKIP: neither the kernel nor the lab is at fault. All pure.

/// That a virtual machine of this size and a little more does not fit a worker of that much memory.
std::string exceeds_worker(const Job& job, std::uint64_t worker_memory_bytes);

// Of machines that are reached over SSH:

/// What of the job only a hypervisor can do.
std::string needs_hypervisor(const Job& job, const SshMachine& machine);

/// What the machine lacks of what the job asks for; or that it has more memory than a job can do
/// with that counts it.
std::string does_not_fit(const Job& job, const MachineReport& machine);

}  // namespace luolab
