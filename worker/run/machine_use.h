// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "worker/target/machine_lock.h"
#include "worker/target/ssh_machine.h"

namespace luolab {

/// Where a worker remembers what it does to a machine that it does not own. `cache`: the worker's.
/// Two targets files may give one name to different machines.

/// Held by whoever of this worker's processes uses the machine.
std::filesystem::path machine_lock_file(const std::filesystem::path& cache,
                                        const SshMachine& machine);
/// There while the machine is not known to be home.
std::filesystem::path away_file(const std::filesystem::path& cache, const SshMachine& machine);
/// This worker in the lock on the machine itself: the same after a restart, another for another
/// worker.
LockOwner lock_owner(const std::filesystem::path& cache, std::int64_t token);

}  // namespace luolab
