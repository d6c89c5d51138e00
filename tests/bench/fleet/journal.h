// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "core/base/unique_fd.h"

namespace luolab::bench {

/// Lines of what the controller acknowledged, for whoever checks its store afterwards:
///   run ID JOBS       a submission
///   grant ATTEMPT JOB
///   done ATTEMPT JOB  a report
///   stale ATTEMPT JOB a report that was refused
/// Each line is with the kernel before the simulator goes on, so killing it loses none.
class Journal {
 public:
  /// Nothing is written where `file` is empty. Throws system_error where it can't be opened.
  explicit Journal(const std::string& file);
  void write(std::string_view line);

 private:
  UniqueFd fd_;
};

}  // namespace luolab::bench
