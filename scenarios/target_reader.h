// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "scenarios/field.h"
#include "scenarios/model.h"

namespace luolab {

/// Reads `target`; what is not written has TargetSpec's default. Reports what is wrong.
TargetSpec read_target(const Field& field);

/// Reads words for a kernel's command line, one list item each.
std::vector<std::string> read_cmdline(const Field& list);

}  // namespace luolab
