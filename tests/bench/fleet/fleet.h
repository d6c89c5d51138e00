// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <unordered_set>
#include <vector>

#include "core/async/task.h"
#include "tests/bench/fleet/figures.h"
#include "tests/bench/fleet/journal.h"
#include "tests/bench/fleet/options.h"

namespace luolab::bench {

/// What workers and submitters of one process share. One thread; outlives them.
struct Fleet {
  explicit Fleet(FleetOptions wanted) : options(std::move(wanted)), journal(options.journal) {}

  FleetOptions options;
  Figures figures;
  Journal journal;
  std::vector<std::string> builds;        ///< build keys that every worker claims to have
  std::unordered_set<std::int64_t> done;  ///< jobs with an acknowledged report
  std::int64_t taken = 0;                 ///< grants since the start
  std::int64_t submitted = 0;             ///< jobs, acknowledged
  std::uint32_t greeted = 0;              ///< workers that were welcomed at least once
  bool submitting = false;                ///< runs are still to be submitted
  std::function<void(std::int64_t run)> on_grant = [](std::int64_t) {};

  std::int64_t waiting() const { return submitted - taken; }
};

/// A pause before trying again what failed; long enough that a fleet leaves its controller room.
Task<void> breathe(std::chrono::milliseconds pause);

/// Learns the build keys of the scenario's kernels from a dry run. Throws runtime_error with the
/// controller's words where it refuses the scenario.
Task<void> learn_builds(Fleet& fleet);

/// Everything the options ask for, from the first hello to the last figure.
Task<void> run_fleet(Fleet& fleet);

}  // namespace luolab::bench
