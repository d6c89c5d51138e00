// SPDX-License-Identifier: Apache-2.0
#include "worker/lease/machine_facts.h"

#include <sys/random.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <thread>

#include <fmt/format.h>

#include "core/base/file.h"

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

std::optional<std::uint64_t> total_memory(std::string_view meminfo) {
  constexpr std::string_view kLabel = "MemTotal:";
  const auto at = meminfo.find(kLabel);
  if (at == std::string_view::npos) return std::nullopt;
  meminfo.remove_prefix(at + kLabel.size());
  meminfo.remove_prefix(std::min(meminfo.find_first_not_of(' '), meminfo.size()));
  std::uint64_t kibibytes = 0;
  const auto [end, error] =
      std::from_chars(meminfo.data(), meminfo.data() + meminfo.size(), kibibytes);
  if (error != std::errc()) return std::nullopt;
  return kibibytes << 10;
}

bool is_worker_name(std::string_view name) {
  return !name.empty() && name.size() <= 63 && std::ranges::all_of(name, [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '.' || c == '_' || c == '-';
  });
}

Result<WorkerHello> describe_host() {
  WorkerHello hello;
  const auto meminfo = read_file("/proc/meminfo", 1 << 20);
  const auto total = meminfo ? total_memory(*meminfo) : std::nullopt;
  if (!total) return lab_error("/proc/meminfo: has no MemTotal (give --memory)");
  hello.memory_bytes = *total - std::min(*total, kMemoryReserveBytes);
  hello.cpus = std::max(1U, std::thread::hardware_concurrency());
  utsname system{};
  ::uname(&system);
  hello.arch = system.machine;
  hello.name = system.nodename;
  hello.instance = random_instance();
  return hello;
}

}  // namespace luolab
