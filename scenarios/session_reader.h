// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "scenarios/field.h"
#include "scenarios/model.h"

namespace luolab {

/// Reads `sessions`, `count: N` expanded, and checks each session for itself: names and tokens
/// taken twice, ranges that do not fit. Reports what is wrong.
std::vector<SessionSpec> read_sessions(const Field& field);

}  // namespace luolab
