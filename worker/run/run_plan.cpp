// SPDX-License-Identifier: Apache-2.0
#include "worker/run/run_plan.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/wire/agent_wire.h"

namespace luolab {
namespace {

constexpr std::size_t kDigestShown = 16;
// CONFIG_HZ of luolab's kernels and of Debian's. One with more has delays that are as much longer.
constexpr std::uint64_t kTicksPerSecond = 250;

}  // namespace

std::string kernel_cmdline(const Job& job, std::uint64_t tsc_hz) {
  // no_timer_check: whether the timer ticks is checked by counting ticks within a time, and a guest
  // whose worker is busy may see too few of them and panic (arch/x86/kernel/apic/io_apic.c).
  std::string line = "kho=on liveupdate=on console=ttyS0 panic=-1 loglevel=6 no_timer_check";
  // lpj: every further CPU would measure how long its delays are, by counting ticks again.
  if (tsc_hz != 0)
    line += fmt::format(" tsc_early_khz={} lpj={}", tsc_hz / 1000, tsc_hz / kTicksPerSecond);
  if (echo_of(job) != nullptr) line += fmt::format(" {}", wire::kEchoWord);
  for (const std::string& word : job.target.cmdline) line += " " + word;
  return line;
}

std::string hop_cmdline(const RunPlan& plan, std::uint32_t hop) {
  std::string line = plan.cmdline;
  if (hop < plan.job.hop_cmdlines.size()) {
    for (const std::string& word : plan.job.hop_cmdlines[hop]) line += " " + word;
  }
  return line;
}

std::string kernel_file_name(const KernelIdentity& kernel) {
  return "kernel-" + kernel.build.substr(0, kDigestShown);
}

std::vector<std::string> files_needed_after(const RunPlan& plan, std::uint32_t hop) {
  const Job& job = plan.job;
  std::vector<std::string> names;
  for (std::size_t later = hop + 1; later < job.hops.size(); ++later) {
    const std::string name = kernel_file_name(plan.kernels[job.hops[later]]);
    if (std::ranges::find(names, name) == names.end()) names.push_back(name);
  }
  if (!names.empty()) names.emplace_back(kInitrdFileName);
  return names;
}

}  // namespace luolab
