// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "scenarios/field.h"
#include "scenarios/model.h"

namespace luolab {

/// Reads `load`, and checks each entry against the memfds that there are. Reports what is wrong.
std::vector<LoadSpec> read_load(const Field& field, const std::vector<SessionSpec>& sessions);

}  // namespace luolab
