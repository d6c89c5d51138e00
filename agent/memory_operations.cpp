// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include "agent/cgroup.h"
#include "agent/memory_leaks.h"
#include "agent/memory_pressure.h"
#include "agent/operations.h"
#include "agent/text_file.h"

namespace luolab {
namespace {

constexpr std::string_view kDisk = "/dev/vda";

Outcome<Json> turn_knob(const std::string& path, std::string_view text) {
  if (!write_text(path, text)) return call_failed("write", path);
  return Json::object();
}

Outcome<Json> answer(const Done& made) {
  if (!made) return made.failure();
  return Json::object();
}

}  // namespace

Outcome<Json> memory_drop_caches(Holdings&, Arguments&) {
  sync();
  return turn_knob("/proc/sys/vm/drop_caches", "3");
}

Outcome<Json> memory_compact(Holdings&, Arguments&) {
  return turn_knob("/proc/sys/vm/compact_memory", "1");
}

Outcome<Json> memory_pressure(Holdings&, Arguments& arguments) {
  const std::uint64_t leave = arguments.number("leave");
  const std::uint64_t rounds = arguments.number_or("rounds", 1);
  if (arguments.problem()) return *arguments.problem();
  for (std::uint64_t round = 0; round < rounds; ++round) {
    if (Done pressed = press_memory(leave); !pressed) return pressed.failure();
  }
  return Json::object();
}

Outcome<Json> memory_leaks(Holdings&, Arguments&) {
  const Outcome<MemoryLeaks> found = find_leaks();
  if (!found) return found.failure();
  return Json{{"count", found->count},
              {"first", found->first},
              {"elsewhere", found->elsewhere},
              {"mapped", found->mapped}};
}

Outcome<Json> memory_swap_on(Holdings&, Arguments& arguments) {
  const std::string path = arguments.text_or("path", kDisk);
  if (arguments.problem()) return *arguments.problem();
  return answer(swap_on(path));
}

Outcome<Json> memory_swap_off(Holdings&, Arguments& arguments) {
  const std::string path = arguments.text_or("path", kDisk);
  if (arguments.problem()) return *arguments.problem();
  return answer(swap_off(path));
}

Outcome<Json> cgroup_create(Holdings&, Arguments& arguments) {
  const std::string name = arguments.text("cgroup");
  std::optional<std::uint64_t> limit;
  if (arguments.has("memory_max")) limit = arguments.number("memory_max");
  if (arguments.problem()) return *arguments.problem();
  return answer(create_cgroup(name, limit));
}

Outcome<Json> cgroup_stat(Holdings&, Arguments& arguments) {
  const std::string name = arguments.text("cgroup");
  if (arguments.problem()) return *arguments.problem();
  const Outcome<CgroupStat> stat = stat_cgroup(name);
  if (!stat) return stat.failure();
  return Json{{"memory_current_kib", stat->memory_current_kib}, {"shmem_kib", stat->shmem_kib}};
}

}  // namespace luolab
