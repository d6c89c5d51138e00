// SPDX-License-Identifier: Apache-2.0
#include "worker/target/host_memory.h"

#include <fstream>
#include <string>
#include <string_view>

namespace luolab {
namespace {

std::uint64_t meminfo_bytes(std::string_view entry) {
  std::ifstream info("/proc/meminfo");
  for (std::string line; std::getline(info, line);) {
    if (line.starts_with(entry)) return std::stoull(line.substr(entry.size())) << 10;
  }
  return 0;
}

}  // namespace

std::uint64_t available_memory_bytes() { return meminfo_bytes("MemAvailable:"); }
std::uint64_t total_memory_bytes() { return meminfo_bytes("MemTotal:"); }

}  // namespace luolab
