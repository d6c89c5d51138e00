// SPDX-License-Identifier: Apache-2.0
#include "agent/hello.h"

#include <sched.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "agent/text_file.h"
#include "core/wire/agent_wire.h"

namespace luolab {
namespace {

std::string kernel_release() {
  utsname names{};
  uname(&names);
  return names.release;
}

// What MemTotal of /proc/meminfo says, without its text.
std::uint64_t memory_kib() {
  struct sysinfo figures {};
  sysinfo(&figures);
  return std::uint64_t{figures.totalram} * figures.mem_unit / 1024;
}

int usable_cpus() {
  cpu_set_t cpus;
  CPU_ZERO(&cpus);
  sched_getaffinity(0, sizeof cpus, &cpus);
  return CPU_COUNT(&cpus);
}

}  // namespace

Json clocks_json(const Instant& instant) {
  return {{"tsc", instant.tsc},
          {"monotonic_ns", instant.monotonic_ns},
          {"monotonic_raw_ns", instant.monotonic_raw_ns},
          {"boottime_ns", instant.boottime_ns},
          {"realtime_ns", instant.realtime_ns}};
}

Json at_json() {
  const Instant now = read_clocks();
  return {{"tsc", now.tsc}, {"monotonic_ns", now.monotonic_ns}};
}

Json hello_message(const Instant& start) {
  const TscFrequency frequency = tsc_frequency(start);
  Json hello{{"protocol", wire::kAgentProtocol},
             {"agent", LUOLAB_VERSION},
             {"pid1", getpid() == 1},
             {"boot_id", read_line("/proc/sys/kernel/random/boot_id")},
             {"release", kernel_release()},
             {"kernel_build_id", parse_build_id(read_text("/sys/kernel/notes"))},
             {"cmdline", read_line("/proc/cmdline")},
             {"mem_total_kib", memory_kib()},
             {"cpus", usable_cpus()},
             {"liveupdate", access("/dev/liveupdate", F_OK) == 0},
             {"tsc", {{"hz", frequency.hz}, {"source", frequency.source}}},
             {"start", clocks_json(start)},
             {"clocks", clocks_json(read_clocks())}};
  if (const auto tainted = read_number("/proc/sys/kernel/tainted")) hello["tainted"] = *tainted;
  const auto stamps = parse_phase_stamps(read_text(std::string(wire::kPhaseStampsFile)));
  if (!stamps.empty()) hello["phase_stamps"] = stamps;
  return {{wire::field::kHello, std::move(hello)}, {wire::field::kAt, at_json()}};
}

}  // namespace luolab
