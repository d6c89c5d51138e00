// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace luolab {

/// The frequency of this machine's TSC by its monotonic clock, in Hz, measured over at least 50 ms
/// since the first call, for which the first call waits; 0 where the processor has no TSC. Any
/// thread. An emulated guest (accel tcg) reads this very TSC (QEMU 7.2, softmmu/cpu-timers.c), and
/// knows its frequency only as well as its own calibration went while the host was busy.
std::uint64_t host_tsc_hz();

/// The same, as the first call measured it: what all guests of this process are told alike. Any
/// thread.
std::uint64_t first_host_tsc_hz();

}  // namespace luolab
