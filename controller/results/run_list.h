// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>

#include "controller/results/terminal_style.h"
#include "db/record.h"

namespace luolab {

/// A line per run. Where there are none, how to make the first.
std::string run_list(std::span<const RunSummary> runs, const TerminalStyle& style);

/// Schema "luolab.list/v1", indented.
std::string run_list_json(std::span<const RunSummary> runs);

}  // namespace luolab
