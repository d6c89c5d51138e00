// SPDX-License-Identifier: Apache-2.0
#include "agent/cgroup.h"

#include <sys/mount.h>
#include <sys/stat.h>

#include <cerrno>
#include <charconv>
#include <string_view>

#include "agent/text_file.h"

namespace luolab {
namespace {

constexpr const char* kRoot = "/sys/fs/cgroup";
constexpr std::uint64_t kKib = 1024;

Done mount_hierarchy() {
  struct stat there {};
  const std::string control = std::string(kRoot) + "/cgroup.subtree_control";
  if (stat(control.c_str(), &there) != 0 && mount("cgroup2", kRoot, "cgroup2", 0, nullptr) != 0) {
    return call_failed("mount(cgroup2)", "the kernel needs CONFIG_CGROUPS and CONFIG_MEMCG");
  }
  if (!write_text(control, "+memory")) return call_failed("write", control + ": +memory");
  return done();
}

// "shmem 4096" among the lines of memory.stat.
std::uint64_t entry_of(std::string_view text, std::string_view name) {
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    if (line.starts_with(name) && line.size() > name.size() && line[name.size()] == ' ') {
      std::uint64_t value = 0;
      std::from_chars(line.data() + name.size() + 1, line.data() + line.size(), value);
      return value;
    }
    text.remove_prefix(std::min(line.size() + 1, text.size()));
  }
  return 0;
}

}  // namespace

std::string cgroup_path(const std::string& name) { return std::string(kRoot) + "/" + name; }

Done create_cgroup(const std::string& name, std::optional<std::uint64_t> memory_max_bytes) {
  if (Done mounted = mount_hierarchy(); !mounted) return mounted;
  const std::string path = cgroup_path(name);
  if (mkdir(path.c_str(), 0755) != 0) return call_failed("mkdir", path);
  const std::string limit = path + "/memory.max";
  if (memory_max_bytes && !write_text(limit, std::to_string(*memory_max_bytes))) {
    return call_failed("write", limit);
  }
  return done();
}

Outcome<CgroupStat> stat_cgroup(const std::string& name) {
  const std::string path = cgroup_path(name);
  const auto current = read_number(path + "/memory.current");
  if (!current) return call_failed("read", path + "/memory.current");
  return CgroupStat{*current / kKib, entry_of(read_text(path + "/memory.stat"), "shmem") / kKib};
}

}  // namespace luolab
