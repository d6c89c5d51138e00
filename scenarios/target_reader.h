// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "scenarios/field.h"
#include "scenarios/model.h"

namespace luolab {

/// Reads `target`; what is not written has TargetSpec's default. Reports what is wrong.
TargetSpec read_target(const Field& field);

}  // namespace luolab
