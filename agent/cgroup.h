// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "agent/failure.h"

namespace luolab {

/// Where the control group of that name lies (cgroup version 2).
std::string cgroup_path(const std::string& name);

/// Makes a control group that accounts memory, and mounts the hierarchy at the first time.
Done create_cgroup(const std::string& name, std::optional<std::uint64_t> memory_max_bytes);

/// What its memory controller counts. Source: Documentation/admin-guide/cgroup-v2.rst.
struct CgroupStat {
  std::uint64_t memory_current_kib = 0;
  std::uint64_t shmem_kib = 0;
};
Outcome<CgroupStat> stat_cgroup(const std::string& name);

}  // namespace luolab
