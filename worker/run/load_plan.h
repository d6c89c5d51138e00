// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "core/protocol/job.h"
#include "core/wire/load_sequence.h"
#include "worker/run/oracle.h"

namespace luolab {

/// The session in which the journals of memory writers are preserved. Scenarios can't name it.
inline constexpr const char* kLoadSession = "luolab-load";

/// One load of a job as the worker drives it. The echo load is not among them: its agent's part
/// runs from boot on.
struct LoadPlan {
  LoadSpec spec;
  std::string name;                  ///< "1-memory-writer", also the agent's handle
  std::optional<std::size_t> memfd;  ///< index into RunPlan::memfds, of memory loads
  LoadShape shape;                   ///< of memory loads
  std::optional<MemfdPlan> journal;  ///< of memory writers
  std::string device;                ///< of io: the job's disk in the guest; empty: it has none
};

/// The loads of a job; `memfds` as plan_memfds made them.
std::vector<LoadPlan> plan_loads(const Job& job, const std::vector<MemfdPlan>& memfds);

/// "memory-writer": a kind as scenarios and the agent write it.
std::string kind_word(LoadKind kind);

/// The job's echo load, or nullptr.
const LoadSpec* echo_of(const Job& job);

/// A file of an exec load, as the agent finds it: its name in /luolab.
std::string program_name(const LoadSpec& load);

}  // namespace luolab
