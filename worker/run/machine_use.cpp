// SPDX-License-Identifier: Apache-2.0
#include "worker/run/machine_use.h"

#include <unistd.h>

#include <fmt/format.h>

#include "core/base/sha256.h"

namespace luolab {

namespace fs = std::filesystem;

fs::path machine_lock_file(const fs::path& cache, const std::string& machine) {
  return cache / "locks" / ("target-" + machine);
}

fs::path away_file(const fs::path& cache, const std::string& machine) {
  return cache / "locks" / ("target-" + machine + ".away");
}

LockOwner lock_owner(const fs::path& cache, std::int64_t token) {
  char host[256] = "";
  ::gethostname(host, sizeof host - 1);
  return {fmt::format("{}-{}", host, sha256_of(cache.string()).substr(0, 8)), token};
}

}  // namespace luolab
