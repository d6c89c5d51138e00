// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/error.h"
#include "core/protocol/lease.h"

namespace luolab {

/// What is left to the host's other work.
constexpr std::uint64_t kMemoryReserveBytes = std::uint64_t{1} << 30;

/// Whether it may name a worker: 1 to 63 of a-z A-Z 0-9 . _ -
bool is_worker_name(std::string_view name);

/// What this host is: processors, architecture, memory less the reserve, and a fresh instance; the
/// host's name. Whether it has kvm is found out by probe_accel. Fault::lab where the kernel does
/// not tell.
Result<WorkerHello> describe_host();

}  // namespace luolab
