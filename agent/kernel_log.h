// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace luolab {

/// One record of /dev/kmsg as a console shows it: "[    1.234567] text"; empty where it is none.
/// Pure. Source: Documentation/ABI/testing/dev-kmsg.
std::string console_line(std::string_view record);

/// Prints what the kernel's log holds now on standard output. False where it can't be read.
bool print_kernel_log();

}  // namespace luolab
