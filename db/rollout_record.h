// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/describe/enum.hpp>

#include "core/protocol/verdict.h"
#include "db/id.h"

namespace luolab {

enum class RolloutState { running, complete, stopped };
BOOST_DESCRIBE_ENUM(RolloutState, running, complete, stopped)

/// What became of one target of a rollout.
enum class TargetState {
  waiting,  ///< none of its jobs has begun
  running,
  updated,  ///< all its jobs ended well
  failed,   ///< one ended in FAIL: the kernel's fault
  missed,   ///< one ended in anything else but well: it was not reached, or the test broke
  spared,   ///< the rollout was stopped before its jobs had begun
};
BOOST_DESCRIBE_ENUM(TargetState, waiting, running, updated, failed, missed, spared)

/// A verdict with which a target counts as updated: PASS, XFAIL and DONE.
bool is_updated(Verdict verdict);

struct RolloutTarget {
  std::string name;
  std::uint32_t wave = 1;
  TargetState state = TargetState::waiting;
  JobId job;  ///< the one that says most: the worst that ended, else its first
  std::size_t jobs = 0;
  std::optional<Verdict> verdict;  ///< of that job
  std::string reason;
  std::optional<std::chrono::nanoseconds> blackout;  ///< the longest of its jobs' last attempts
  std::optional<TimePoint> started;                  ///< of its first attempt
  std::optional<TimePoint> ended;                    ///< of its last job that has ended
};

/// A rollout as the store has it.
struct RolloutRecord {
  std::string scenario;
  RolloutState state = RolloutState::running;
  std::string reason;  ///< why it was stopped
  std::uint32_t waves = 1;
  std::uint32_t wave = 1;  ///< the one that is out
  bool canary = false;     ///< the first wave is the canary
  std::uint32_t error_budget = 0;
  std::chrono::nanoseconds soak{};
  std::optional<TimePoint> due;        ///< the next wave comes out then
  std::vector<RolloutTarget> targets;  ///< wave by wave
};

/// Figures of some targets.
struct RolloutFigures {
  std::size_t targets = 0;
  std::size_t updated = 0, failed = 0, missed = 0, spared = 0;
  std::optional<std::chrono::nanoseconds> worst_blackout;
  std::string worst_target;  ///< that has it
  std::optional<std::chrono::nanoseconds> median_blackout;
  std::string median_target;  ///< that has it: the lower one of two in the middle
  /// From the first attempt's start to the last job's end; empty where nothing has ended.
  std::optional<std::chrono::nanoseconds> elapsed;
};

/// Of one wave, or of all (0). Pure.
RolloutFigures figures_of(const RolloutRecord& rollout, std::uint32_t wave = 0);

/// "wave 2", "wave 1 (canary)".
std::string wave_title(const RolloutRecord& rollout, std::uint32_t wave);

}  // namespace luolab
