// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <chrono>

namespace luolab {

/// How long the thread of a process that had to wait most was ready to run while every processor
/// was busy with something else, since it was started (proc(5): /proc/PID/task/TID/schedstat, the
/// second number). 0 where the process is gone or the kernel does not count. Any thread.
std::chrono::nanoseconds cpu_wait_of(pid_t process);

}  // namespace luolab
