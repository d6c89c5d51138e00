// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <boost/json/object.hpp>

#include "db/rollout_record.h"

namespace luolab {

/// How a rollout stands, in one line: "complete", "wave 1 (canary) of 3 is out", or why it stopped.
std::string rollout_words(const RolloutRecord& rollout);

/// "PASS", "FAIL", "waiting", "spared".
std::string target_words(const RolloutTarget& target);

/// "3 of 4 targets updated (75 %), 1 failed (kernel); blackout worst 1.2 s (t2), median 1.1 s (t4);
/// finished in 12 s".
std::string figures_words(const RolloutFigures& figures);

/// The members of schema luolab.run/v1's `rollouts`.
boost::json::object rollout_json(const RolloutRecord& rollout);

}  // namespace luolab
