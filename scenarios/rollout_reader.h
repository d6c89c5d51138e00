// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "core/protocol/rollout_spec.h"
#include "scenarios/field.h"
#include "scenarios/model.h"

namespace luolab {

/// The matrix parameter that a rollout fills in by itself, so that its jobs have titles of their
/// own.
inline constexpr std::string_view kTargetParameter = "target";

/// Reads `rollout`, which is the same at every point of the matrix. Empty where the field is not
/// there, or holds nothing that makes waves; what is wrong is reported.
std::optional<RolloutSpec> read_rollout(const Field& field, std::string_view scenario);

/// Reports what does not go with a rollout: a target's name, and a matrix parameter of that name.
void check_rollout_use(const YamlNode& document, Problems& problems);

}  // namespace luolab
