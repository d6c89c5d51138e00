// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "controller/gate/gate_order.h"
#include "core/base/error.h"

namespace luolab {

/// Makes the base what the series asks for by `base-commit:` (git-format-patch(1), --base): a base
/// `git:PATH` without a ref becomes that commit. Sets `order.base_commit`. Fault::scenario where
/// such a base is given and the series names no commit. Pure.
Result<void> honour_base_commit(GateOrder& order);

/// What has to be said where the base is another than the series asks for. Pure.
std::vector<std::string> base_commit_notes(const GateOrder& order);

}  // namespace luolab
