// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include <boost/json/object.hpp>

#include "core/protocol/job.h"
#include "core/protocol/verdict.h"
#include "worker/run/agent_message.h"

namespace luolab {

/// Results of steps that later ones are compared with, by the name under which they were saved.
using SavedResults = std::map<std::string, boost::json::object>;

/// What a step came to, against what the scenario says of it.
struct StepOutcome {
  Verdict verdict = Verdict::PASS;
  std::string detail;
};

/// Pure. A call that does another thing than promised is the kernel's fault; one that only sets the
/// scene (a swap space, a control group, an actor), memory that runs out, and a request that makes
/// no sense to the agent are the test's.
StepOutcome check_step(const StepSpec& step, const AgentReply& reply, const SavedResults& saved);

/// "before[2] (preserve s/a)" or the step's own name: how checks call it.
std::string step_title(const StepSpec& step);

}  // namespace luolab
