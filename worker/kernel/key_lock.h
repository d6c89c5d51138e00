// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>

#include "core/async/task.h"
#include "core/base/file.h"

namespace luolab {

/// Takes the lock without blocking the event loop; calls `on_wait` once where somebody else has
/// it. flock(2) has no asynchronous form, so it is tried again every 50 ms. Cancelling ends the
/// wait.
Task<FileLock> take_lock(std::filesystem::path path, std::function<void()> on_wait);

}  // namespace luolab
