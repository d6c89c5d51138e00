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
// The first look notes what an object holds, the second reports it where it is still the same. A
// look that came while its address was moved takes it for lost; a later one finds it again.
constexpr int kFewestLooks = 2;
constexpr int kMostLooks = 5;

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
  MemoryLeaks leaks;
  for (int look = 1; look <= kMostLooks; ++look) {
    if (!write_text(kFile, "scan")) return call_failed("write", kFile + kRemedy);
    leaks = parse_leaks(read_text(kFile));
    if (look >= kFewestLooks && leaks.count == 0) break;
  }
  leaks.mapped = count_mapped(read_text("/proc/vmallocinfo"));
  return leaks;
}

}  // namespace luolab
