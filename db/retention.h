// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "db/record.h"

namespace luolab {

/// A run that may be forgotten: it has ended before the given time, is not pinned, and no job of it
/// has FAIL, which stays until somebody has dealt with it.
struct ExpiredRun {
  RunId id;
  std::string title;
  TimePoint finished;
  std::size_t jobs = 0;
  bool artifacts = true;  ///< it still has files
};

/// Files that a step of the retention took away.
struct Forgotten {
  std::vector<std::string> digests;  ///< files that no row names any more: remove them
  bool more = false;                 ///< the run has more files: call again
};

}  // namespace luolab
