// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <vector>

#include "worker/run/attempt.h"

namespace luolab {

/// The check that a machine which did not come home has in its report.
inline constexpr const char* kHomeCheck = "home";

/// The part of an attempt that is made on a machine reached over SSH: find it, boot the first
/// kernel there, update, verify, and bring the machine home, whatever came before. A machine that
/// does not come home is told in a check "home"; the verdict is not changed by it.
Task<AttemptReport> run_on_ssh(const Job& job, const std::vector<KernelBuild>& builds,
                               AttemptContext& context, std::filesystem::path scratch);

}  // namespace luolab
