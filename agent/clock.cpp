// SPDX-License-Identifier: Apache-2.0
#include "agent/clock.h"

#include <cpuid.h>
#include <time.h>
#include <x86intrin.h>

#include <cstdlib>

#include "agent/text_file.h"

namespace luolab {
namespace {

constexpr std::int64_t kCalibrationNs = 2'000'000;

std::int64_t read_ns(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return now.tv_sec * 1'000'000'000 + now.tv_nsec;
}

struct CpuidLeaf {
  unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
};

CpuidLeaf cpuid(unsigned leaf) {
  CpuidLeaf out;
  __cpuid_count(leaf, 0, out.eax, out.ebx, out.ecx, out.edx);
  return out;
}

std::uint64_t leaf_15h_hz(unsigned highest) {
  if (highest < 0x15) return 0;
  const CpuidLeaf leaf = cpuid(0x15);
  if (leaf.eax == 0 || leaf.ebx == 0 || leaf.ecx == 0) return 0;
  return std::uint64_t{leaf.ecx} * leaf.ebx / leaf.eax;
}

std::uint64_t hypervisor_hz() {
  constexpr unsigned kHypervisorBit = 1u << 31;
  if ((cpuid(1).ecx & kHypervisorBit) == 0) return 0;
  const CpuidLeaf highest = cpuid(0x40000000);
  if (highest.eax < 0x40000010 || highest.eax > 0x400000ff) return 0;
  return std::uint64_t{cpuid(0x40000010).eax} * 1000;
}

std::uint64_t leaf_16h_hz(unsigned highest) {
  return highest < 0x16 ? 0 : std::uint64_t{cpuid(0x16).eax & 0xffff} * 1'000'000;
}

std::uint64_t compared_hz(const Instant& earlier) {
  Instant now = read_clocks();
  while (now.monotonic_raw_ns - earlier.monotonic_raw_ns < kCalibrationNs) now = read_clocks();
  const auto ticks = static_cast<double>(now.tsc - earlier.tsc);
  return static_cast<std::uint64_t>(
      ticks * 1e9 / static_cast<double>(now.monotonic_raw_ns - earlier.monotonic_raw_ns));
}

}  // namespace

std::uint64_t read_tsc() {
  _mm_lfence();
  return __rdtsc();
}

Instant read_clocks() {
  Instant now;
  const std::uint64_t before = read_tsc();
  now.monotonic_ns = read_ns(CLOCK_MONOTONIC);
  now.monotonic_raw_ns = read_ns(CLOCK_MONOTONIC_RAW);
  now.boottime_ns = read_ns(CLOCK_BOOTTIME);
  now.realtime_ns = read_ns(CLOCK_REALTIME);
  now.tsc = before + (read_tsc() - before) / 2;
  return now;
}

std::uint64_t cpuinfo_tsc_hz(const std::string& cpuinfo) {
  if (cpuinfo.find(" aperfmperf") != std::string::npos) return 0;
  const std::size_t line = cpuinfo.find("cpu MHz");
  if (line == std::string::npos) return 0;
  const std::size_t colon = cpuinfo.find(':', line);
  if (colon == std::string::npos) return 0;
  return static_cast<std::uint64_t>(std::strtod(cpuinfo.c_str() + colon + 1, nullptr) * 1e6);
}

TscFrequency tsc_frequency(const Instant& earlier) {
  const unsigned highest = cpuid(0).eax;
  if (const auto hz = leaf_15h_hz(highest)) return {hz, "cpuid-15h"};
  if (const auto hz = hypervisor_hz()) return {hz, "cpuid-40000010h"};
  if (const auto hz = leaf_16h_hz(highest)) return {hz, "cpuid-16h"};
  if (const auto hz = cpuinfo_tsc_hz(read_text("/proc/cpuinfo"))) return {hz, "proc-cpuinfo"};
  return {compared_hz(earlier), "monotonic-raw"};
}

}  // namespace luolab
