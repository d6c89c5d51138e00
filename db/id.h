// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace luolab {

/// Row numbers of the store: from 1, never used twice. Written "12" for runs and "j34" for jobs.
struct RunId {
  std::int64_t value = 0;
  auto operator<=>(const RunId&) const = default;
};
struct JobId {
  std::int64_t value = 0;
  auto operator<=>(const JobId&) const = default;
};
/// Also the fencing token: a later attempt has the greater number.
struct AttemptId {
  std::int64_t value = 0;
  auto operator<=>(const AttemptId&) const = default;
};

/// Of a scenario's rollout in a run.
struct RolloutId {
  std::int64_t value = 0;
  auto operator<=>(const RolloutId&) const = default;
};

std::string id_text(RunId id);
std::string id_text(JobId id);
/// "12" or "r12". Empty for anything else.
std::optional<RunId> parse_run_id(std::string_view text);
/// "j34". Empty for anything else.
std::optional<JobId> parse_job_id(std::string_view text);

/// UTC, to the nanosecond.
using TimePoint = std::chrono::sys_time<std::chrono::nanoseconds>;

/// "2026-02-03T04:05:06Z".
std::string time_text(TimePoint time);

}  // namespace luolab
