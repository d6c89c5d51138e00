// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace luolab {

/// The time stamp counter, after all earlier loads have completed. It runs on across a kexec.
std::uint64_t read_tsc();

/// All clocks at about one instant: the counter is read before and after, and the middle taken.
/// CLOCK_MONOTONIC and CLOCK_BOOTTIME start afresh with each kernel.
struct Instant {
  std::uint64_t tsc = 0;
  std::int64_t monotonic_ns = 0;
  std::int64_t monotonic_raw_ns = 0;
  std::int64_t boottime_ns = 0;
  std::int64_t realtime_ns = 0;
};
Instant read_clocks();

struct TscFrequency {
  std::uint64_t hz = 0;
  std::string
      source;  ///< "cpuid-15h", "cpuid-40000010h", "cpuid-16h", "proc-cpuinfo", "monotonic-raw"
};

/// The counter's frequency, from the best source there is: the CPU's own word (Intel SDM vol. 2,
/// CPUID leaves 15h and 16h; hypervisors: 40000010h), then what the kernel measured at boot, then
/// a comparison with CLOCK_MONOTONIC_RAW since `earlier`, for which it waits until two milliseconds
/// have passed.
TscFrequency tsc_frequency(const Instant& earlier);

/// The frequency in the text of /proc/cpuinfo; 0 where "cpu MHz" is missing, or is the clock of
/// the moment and not the counter's (flag aperfmperf).
std::uint64_t cpuinfo_tsc_hz(const std::string& cpuinfo);

}  // namespace luolab
