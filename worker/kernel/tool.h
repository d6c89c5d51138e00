// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "core/async/process.h"

namespace luolab {

/// Runs a program that is expected to succeed and gives its output. Fault::lab with the command
/// and its last lines where it does not. Cancelling kills it.
Task<Result<std::string>> run_tool(ProcessSpec spec,
                                   std::function<void(std::string_view)> on_line = {});

/// `run_process` for callers outside of a coroutine: blocks until the program has ended.
Result<ProcessOutput> run_blocking(ProcessSpec spec);

/// The last `count` lines of `text`.
std::string_view last_lines(std::string_view text, int count);

}  // namespace luolab
