// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/protocol/job.h"
#include "core/wire/digest_tree.h"
#include "worker/run/secrets.h"

namespace luolab {

/// One memfd as the worker follows it through a job.
struct MemfdPlan {
  std::string session;
  MemfdSpec spec;
  bool manual = false;  ///< of a session that only the scenario's steps touch
  std::string title;    ///< "vm-0/ram", also the agent's handle
  Layout layout;
  PatternKey key;
  DigestTree expected;             ///< computed here, from the pattern alone
  std::vector<DigestTree> edited;  ///< after each of the scenario's own writes to it

  /// After so many of these writes.
  const DigestTree& version(std::size_t edits) const {
    return edits == 0 ? expected : edited[edits - 1];
  }
};

/// The pattern that agent and worker fill pages with.
PagePattern wire_pattern(Pattern pattern);

/// What every memfd of the job must contain after a hop. The worker computes it by itself: neither
/// the memory under test nor the agent has a part in it. Takes time in proportion to the job's
/// memory (some GB/s), so not for an event loop with other work.
std::vector<MemfdPlan> plan_memfds(const Job& job, const AttemptSecrets& secrets);

}  // namespace luolab
