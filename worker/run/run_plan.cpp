// SPDX-License-Identifier: Apache-2.0
#include "worker/run/run_plan.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/wire/agent_wire.h"

namespace luolab {

std::string kernel_cmdline(const Job& job) {
  std::string line = "kho=on liveupdate=on console=ttyS0 panic=-1 loglevel=6";
  if (echo_of(job) != nullptr) line += fmt::format(" {}", wire::kEchoWord);
  for (const std::string& word : job.target.cmdline) line += " " + word;
  return line;
}

std::string kernel_file_name(std::size_t kernel_index) {
  return fmt::format("kernel-{}", kernel_index);
}

std::vector<std::string> files_needed_after(const Job& job, std::uint32_t hop) {
  std::vector<std::string> names;
  for (std::size_t later = hop + 1; later < job.hops.size(); ++later) {
    const std::string name = kernel_file_name(job.hops[later]);
    if (std::ranges::find(names, name) == names.end()) names.push_back(name);
  }
  if (!names.empty()) names.emplace_back(kInitrdFileName);
  return names;
}

}  // namespace luolab
