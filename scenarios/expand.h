// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/protocol/job.h"
#include "core/protocol/rollout_spec.h"
#include "kernel-patches/catalog.h"
#include "scenarios/diagnostic.h"
#include "scenarios/model.h"
#include "scenarios/setting.h"

namespace luolab {

/// What flags change about a scenario.
struct ExpandOptions {
  std::vector<Series> series;           ///< applied last, to every kernel of the job
  std::optional<std::string> base;      ///< in place of every kernel's base
  std::vector<std::string> fragments;   ///< after every kernel's own
  std::vector<Setting> settings;        ///< in this order
  std::optional<std::uint32_t> repeat;  ///< in place of the scenario's; at least 1
};

struct ExpandResult {
  std::vector<Job> jobs;
  std::optional<RolloutSpec> rollout;  ///< of these jobs, where the scenario has one
  std::vector<Diagnostic> errors;  ///< where there are any, there are no jobs
};

/// The jobs of a scenario: every point of its matrix, repeated, with the kernels of the catalog put
/// in. Pure and deterministic. The repetitions are the outer loop, so that points which are
/// compared run in turns; within, the matrix' last parameter changes fastest. In a rollout all of
/// that is done for each target, in the order of the waves. Errors of flags have
/// the flag ("--base") for a file, and no line.
ExpandResult expand(const Scenario& scenario, const Catalog& catalog,
                    const ExpandOptions& options = {});

}  // namespace luolab
