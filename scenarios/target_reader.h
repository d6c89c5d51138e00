// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "scenarios/field.h"
#include "scenarios/model.h"

namespace luolab {

/// Reads `target`; what is not written has TargetSpec's default. Reports what is wrong.
/// `named_by_rollout`: the scenario's rollout says which machines they are.
TargetSpec read_target(const Field& field, bool named_by_rollout);

/// Reads words for a kernel's command line, one list item each.
std::vector<std::string> read_cmdline(const Field& list);

}  // namespace luolab
