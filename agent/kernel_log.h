// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace luolab {

/// One record of /dev/kmsg as a console shows it: "[    1.234567] text"; empty where it is none.
/// Pure. Source: Documentation/ABI/testing/dev-kmsg.
std::string console_line(std::string_view record);

/// Calls `visit` with every line that the kernel's log holds now, oldest first; lines that were
/// overwritten meanwhile are left out. False, with errno, where the log can't be read.
bool visit_kernel_log(const std::function<void(const std::string& line)>& visit);

/// Prints what the kernel's log holds now on standard output. False where it can't be read.
bool print_kernel_log();

}  // namespace luolab
