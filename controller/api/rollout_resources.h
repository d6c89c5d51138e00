// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <boost/describe/class.hpp>

#include "core/protocol/report.h"
#include "db/rollout_record.h"

namespace luolab {

// What the API shows of rollouts; forms are those of resources.h.

/// db/rollout_record.h
struct RolloutFiguresResource {
  std::uint64_t targets = 0;
  std::uint64_t updated = 0;
  std::uint64_t failed = 0;
  std::uint64_t missed = 0;
  std::uint64_t spared = 0;
  std::optional<std::int64_t> worst_blackout_ns;
  std::string worst_target;
  std::optional<std::int64_t> median_blackout_ns;
  std::string median_target;
  std::optional<std::int64_t> elapsed_ns;
  std::string summary;  ///< in words
};
BOOST_DESCRIBE_STRUCT(RolloutFiguresResource, (),
                      (targets, updated, failed, missed, spared, worst_blackout_ns, worst_target,
                       median_blackout_ns, median_target, elapsed_ns, summary))

struct RolloutTargetResource {
  std::string name;
  std::uint32_t wave = 1;
  TargetState state = TargetState::waiting;
  std::string job;
  std::uint64_t jobs = 0;
  std::optional<Verdict> verdict;
  std::string reason;
  std::optional<std::int64_t> blackout_ns;
};
BOOST_DESCRIBE_STRUCT(RolloutTargetResource, (),
                      (name, wave, state, job, jobs, verdict, reason, blackout_ns))

struct RolloutResource {
  std::string scenario;
  RolloutState state = RolloutState::running;
  std::string reason;
  std::string standing;  ///< in words
  bool canary = false;
  std::uint32_t wave = 1;  ///< that is out
  std::uint32_t error_budget = 0;
  std::int64_t soak_ns = 0;
  std::optional<std::string> due;  ///< when the next wave comes out
  RolloutFiguresResource fleet;
  std::vector<RolloutFiguresResource> waves;
  std::vector<RolloutTargetResource> targets;
};
BOOST_DESCRIBE_STRUCT(RolloutResource, (),
                      (scenario, state, reason, standing, canary, wave, error_budget, soak_ns, due,
                       fleet, waves, targets))

RolloutResource resource_of(const RolloutRecord& rollout);

}  // namespace luolab
