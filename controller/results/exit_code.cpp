// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "controller/results/job_facts.h"
#include "controller/results/results.h"

namespace luolab {
namespace {

constexpr int kPass = 0;
constexpr int kFail = 1;
constexpr int kLab = 2;
constexpr int kSkip = 4;
constexpr int kBisectCannotTell = 125;

/// Targets that a rollout has not reached are no pass, whatever its jobs say.
bool was_stopped(const RunRecord& run) {
  return std::ranges::any_of(run.rollouts, [](const RolloutRecord& rollout) {
    return rollout.state == RolloutState::stopped;
  });
}

int plain_code(const RunRecord& run) {
  const auto any = [&](auto... verdicts) {
    return std::any_of(run.jobs.begin(), run.jobs.end(), [&](const JobRecord& job) {
      const Verdict verdict = verdict_of(job);
      return ((verdict == verdicts) || ...);
    });
  };
  if (any(Verdict::FAIL)) return kFail;
  if (any(Verdict::ERROR, Verdict::MISS)) return kLab;
  if (was_stopped(run)) return kLab;
  return any(Verdict::PASS, Verdict::DONE, Verdict::XFAIL) ? kPass : kSkip;
}

}  // namespace

int exit_code(const RunRecord& run, ExitStyle style) {
  const int code = plain_code(run);
  if (style == ExitStyle::plain) return code;
  return code == kPass || code == kFail ? code : kBisectCannotTell;
}

}  // namespace luolab
