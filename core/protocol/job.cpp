// SPDX-License-Identifier: Apache-2.0
#include "core/protocol/job.h"

#include <fmt/format.h>

namespace luolab {

std::string kernel_title(const KernelSpec& kernel) {
  std::string title = kernel.base.name;
  for (const Series& series : kernel.series) title += " + " + series.name;
  return title;
}

std::string job_title(const Job& job) {
  std::string title = job.scenario;
  if (!job.point.empty()) {
    std::string values;
    for (const auto& [name, value] : job.point) {
      values += fmt::format("{}{}={}", values.empty() ? "" : ",", name, value);
    }
    title += fmt::format("[{}]", values);
  }
  return fmt::format("{}#{}", title, job.repetition);
}

std::string memfd_title(const SessionSpec& session, const MemfdSpec& memfd) {
  return session.name + "/" + memfd.name;
}

}  // namespace luolab
