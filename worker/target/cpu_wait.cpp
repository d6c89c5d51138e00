// SPDX-License-Identifier: Apache-2.0
#include "worker/target/cpu_wait.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>

namespace luolab {

std::chrono::nanoseconds cpu_wait_of(pid_t process) {
  std::int64_t most = 0;
  std::error_code gone;
  for (const auto& task :
       std::filesystem::directory_iterator(fmt::format("/proc/{}/task", process), gone)) {
    std::ifstream file(task.path() / "schedstat");
    std::int64_t ran = 0, waited = 0;
    if (file >> ran >> waited) most = std::max(most, waited);
  }
  return std::chrono::nanoseconds{most};
}

}  // namespace luolab
