// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/async/task.h"
#include "core/base/error.h"
#include "core/protocol/kernel_spec.h"
#include "worker/kernel/patched_tree.h"

namespace luolab {

/// A patch that the base does not take.
struct PatchRejection {
  std::string patch;     ///< its name
  std::string evidence;  ///< what patch(1) says, and the hunks that it rejected
};

/// Applies `patches` in order with strip level 1 and no fuzz, inside the sandbox, writing only
/// below `tree.real()`. Empty: all are applied. On a rejection the tree is half patched and of no
/// further use. The outer error is Fault::lab: patch(1) or bubblewrap can't be started.
Task<Result<std::optional<PatchRejection>>> apply_patches(PatchedTree& tree,
                                                          std::vector<Patch> patches,
                                                          std::filesystem::path scratch);

}  // namespace luolab
