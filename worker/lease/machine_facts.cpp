// SPDX-License-Identifier: Apache-2.0
#include "worker/lease/machine_facts.h"

#include <sys/random.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <thread>

#include <fmt/format.h>

#include "worker/target/host_memory.h"

namespace luolab {
namespace {

std::string random_instance() {
  std::array<unsigned char, 16> bytes{};
  if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
    throw std::system_error(errno, std::generic_category(), "getrandom");
  }
  std::string text;
  for (const unsigned char byte : bytes) text += fmt::format("{:02x}", byte);
  return text;
}

}  // namespace

bool is_worker_name(std::string_view name) {
  return !name.empty() && name.size() <= 63 && std::ranges::all_of(name, [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '.' || c == '_' || c == '-';
  });
}

Result<WorkerHello> describe_host() {
  WorkerHello hello;
  const std::uint64_t total = total_memory_bytes();
  if (total == 0) return lab_error("/proc/meminfo: has no MemTotal (give --memory)");
  hello.memory_bytes = total - std::min(total, kMemoryReserveBytes);
  hello.cpus = std::max(1U, std::thread::hardware_concurrency());
  utsname system{};
  ::uname(&system);
  hello.arch = system.machine;
  hello.name = system.nodename;
  hello.instance = random_instance();
  return hello;
}

}  // namespace luolab
