// SPDX-License-Identifier: Apache-2.0
#include "worker/run/machine_use.h"

#include <unistd.h>

#include <fmt/format.h>

#include "core/base/sha256.h"

namespace luolab {

namespace fs = std::filesystem;

fs::path machine_lock_file(const fs::path& cache, const SshMachine& machine) {
  const std::string place = fmt::format("{}:{}", machine.login.host, machine.login.port);
  return cache / "locks" / fmt::format("target-{}-{}", machine.name, sha256_of(place).substr(0, 8));
}

fs::path away_file(const fs::path& cache, const SshMachine& machine) {
  return machine_lock_file(cache, machine) += ".away";
}

LockOwner lock_owner(const fs::path& cache, std::int64_t token) {
  char host[256] = "";
  ::gethostname(host, sizeof host - 1);
  return {fmt::format("{}-{}", host, sha256_of(cache.string()).substr(0, 8)), token};
}

}  // namespace luolab
