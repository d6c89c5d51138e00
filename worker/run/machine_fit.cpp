// SPDX-License-Identifier: Apache-2.0
#include "worker/run/machine_fit.h"

#include <algorithm>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "core/base/quantity.h"
#include "worker/run/attempt_setup.h"

namespace luolab {
namespace {

namespace json = boost::json;

/// A kernel does not show all of the machine's memory.
constexpr std::uint64_t kFirmwareBytes = std::uint64_t{96} << 20;

/// What QEMU and luolab take beside the memory of a machine.
constexpr std::uint64_t kWorkersOwnBytes = std::uint64_t{256} << 20;

/// Whether a step expects a number of its own for how much memory there is.
bool counts_memory(const StepSpec& step) {
  boost::system::error_code error;
  const json::value members = json::parse(step.members, error);
  if (error || !members.is_object()) return false;
  return std::ranges::any_of(members.get_object(), [](const json::key_value_pair& member) {
    const auto* const range = member.value().if_object();
    return member.key().starts_with("mem_") && range != nullptr &&
           (range->contains("min") || range->contains("max"));
  });
}

}  // namespace

std::string exceeds_worker(const Job& job, std::uint64_t worker_memory_bytes) {
  if (job.target.memory_bytes + kWorkersOwnBytes <= worker_memory_bytes) return {};
  return fmt::format("this worker has {} of memory, the job asks for a machine with {}",
                     format_size_rounded(worker_memory_bytes),
                     format_size(job.target.memory_bytes));
}

std::string needs_hypervisor(const Job& job, const SshMachine& machine) {
  if (job.target.disk_bytes != 0) return "target.disk needs the driver qemu";
  if (echo_of(job) != nullptr) return "the load echo needs the driver qemu";
  if (!job.faults.empty() && machine.power.off.empty())
    return fmt::format("the fault needs power.off of machine {}", machine.name);
  return {};
}

std::string does_not_fit(const Job& job, const MachineReport& machine) {
  if (machine.memory_bytes + kFirmwareBytes < job.target.memory_bytes) {
    return fmt::format("it has {} of memory, the job asks for {}",
                       format_size_rounded(machine.memory_bytes),
                       format_size(job.target.memory_bytes));
  }
  if (machine.cpus < job.target.cpus) {
    return fmt::format("it has {} CPUs, the job asks for {}", machine.cpus, job.target.cpus);
  }
  const bool counts = std::ranges::any_of(job.before, counts_memory) ||
                      std::ranges::any_of(job.after, counts_memory);
  if (counts && machine.memory_bytes > job.target.memory_bytes) {
    return fmt::format("it has {} of memory, and the job counts that of a machine with {}",
                       format_size_rounded(machine.memory_bytes),
                       format_size(job.target.memory_bytes));
  }
  return {};
}

}  // namespace luolab
