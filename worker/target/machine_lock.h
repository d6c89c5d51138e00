// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/error.h"

namespace luolab {

/// Who has a machine. The lock is a file there, so that controllers which know nothing of each
/// other notice. It is made anew, or not at all (`set -C`), holds until a time by the machine's own
/// clock, and is taken over after it, or by its own owner with a higher token.
struct LockOwner {
  std::string owner;       ///< a word: who asks, the same after a restart
  std::int64_t token = 0;  ///< fencing token: the attempt's number
};

/// A script for `sh` that takes the lock for so long, and prints what `read_lock` reads.
std::string lock_script(const LockOwner& self, std::chrono::seconds hold);
/// A script that gives it back, if it is still this owner's with this token.
std::string unlock_script(const LockOwner& self);

/// Fault::lab where somebody else has it; says who, and for how long at most. Pure.
Result<void> read_lock(std::string_view answer);

}  // namespace luolab
