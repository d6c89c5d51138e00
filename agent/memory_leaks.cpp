// SPDX-License-Identifier: Apache-2.0
#include "agent/memory_leaks.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <thread>

#include "agent/text_file.h"

namespace luolab {
namespace {

const std::string kFile = "/sys/kernel/debug/kmemleak";
const std::string kRemedy = ": the kernel needs the fragment services, and kmemleak=on";
constexpr std::string_view kHead = "unreferenced object";
constexpr std::chrono::milliseconds kYoung{5200};  // mm/kmemleak.c, MSECS_MIN_AGE, and some more

bool is_of_live_update(std::string_view entry) {
  constexpr std::array<std::string_view, 3> kOurs{" luo_", " kho_", "memfd_luo_"};
  return std::ranges::any_of(
      kOurs, [&](std::string_view name) { return entry.find(name) != std::string_view::npos; });
}

}  // namespace

MemoryLeaks parse_leaks(std::string_view report) {
  MemoryLeaks leaks;
  std::size_t at = report.find(kHead);
  while (at != std::string_view::npos) {
    const std::size_t next = report.find(kHead, at + 1);
    const std::string_view entry = report.substr(at, next - at);
    if (!is_of_live_update(entry)) {
      ++leaks.elsewhere;
    } else if (++leaks.count == 1) {
      leaks.first = entry;
    }
    at = next;
  }
  return leaks;
}

std::uint64_t count_mapped(std::string_view areas) {
  std::uint64_t count = 0;
  while (!areas.empty()) {
    const std::string_view line = areas.substr(0, areas.find('\n'));
    // The kernel's own test keeps what it saves.
    if (is_of_live_update(line) && line.find(" kho_test_") == std::string_view::npos) ++count;
    areas.remove_prefix(std::min(areas.size(), line.size() + 1));
  }
  return count;
}

Outcome<MemoryLeaks> find_leaks() {
  std::this_thread::sleep_for(kYoung);
  // The first look notes what an object holds, the second reports it where it is still the same.
  for (int look = 0; look < 2; ++look) {
    if (!write_text(kFile, "scan")) return call_failed("write", kFile + kRemedy);
  }
  MemoryLeaks leaks = parse_leaks(read_text(kFile));
  leaks.mapped = count_mapped(read_text("/proc/vmallocinfo"));
  return leaks;
}

}  // namespace luolab
