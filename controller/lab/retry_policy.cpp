// SPDX-License-Identifier: Apache-2.0
#include "controller/lab/retry_policy.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

namespace luolab {
namespace {

bool fork_failed(const EndedAttempt& attempt) {
  return attempt.verdict == Verdict::FAIL && attempt.start != StartPoint::power_on;
}

bool failed(const EndedAttempt& attempt) {
  return attempt.verdict == Verdict::FAIL && attempt.start == StartPoint::power_on;
}

/// The attempts that say something about the kernel on their own.
std::vector<EndedAttempt> conclusive(std::span<const EndedAttempt> attempts) {
  std::vector<EndedAttempt> found;
  for (const EndedAttempt& attempt : attempts) {
    if (attempt.verdict != Verdict::MISS && !fork_failed(attempt)) found.push_back(attempt);
  }
  return found;
}

NextStep end(Verdict verdict, std::string reason) { return {false, false, verdict, reason}; }

NextStep after_miss(std::span<const EndedAttempt> all, const EndedAttempt& last,
                    const RetryPolicy& policy) {
  const auto misses =
      static_cast<std::uint32_t>(std::ranges::count(all, Verdict::MISS, &EndedAttempt::verdict));
  if (misses < policy.most_misses) {
    return {true, needs_power_on(all), Verdict::MISS,
            fmt::format("the lab failed on {} ({}); trying again", last.worker, last.reason)};
  }
  // What other attempts found out about the kernel is not lost over the lab's troubles.
  const auto conclusions = conclusive(all);
  const auto fail = std::ranges::find_if(conclusions, failed);
  if (fail != conclusions.end())
    return end(Verdict::FAIL, fail->reason + " (not confirmed: " + last.reason + ")");
  if (misses == 1) return end(Verdict::MISS, last.reason);
  return end(Verdict::MISS, fmt::format("the lab failed {} times, last on {}: {}", misses,
                                        last.worker, last.reason));
}

/// The job has failed from power-on and had all its confirmations.
NextStep sum_up(const std::vector<EndedAttempt>& conclusions) {
  const auto fails = static_cast<std::size_t>(std::ranges::count_if(conclusions, failed));
  const EndedAttempt& first = *std::ranges::find_if(conclusions, failed);
  if (conclusions.size() == 1) return end(Verdict::FAIL, first.reason);
  if (fails == conclusions.size())
    return end(Verdict::FAIL, fmt::format("confirmed in {} of {} attempts: {}", fails,
                                          conclusions.size(), first.reason));
  return end(Verdict::FAIL, fmt::format("flaky: failed in {} of {} attempts: {}", fails,
                                        conclusions.size(), first.reason));
}

}  // namespace

bool needs_power_on(std::span<const EndedAttempt> earlier) {
  return std::ranges::any_of(earlier, fork_failed);
}

NextStep next_step(std::span<const EndedAttempt> earlier, const EndedAttempt& last,
                   const RetryPolicy& policy) {
  std::vector<EndedAttempt> all(earlier.begin(), earlier.end());
  all.push_back(last);
  if (last.verdict == Verdict::MISS) return after_miss(all, last, policy);
  if (fork_failed(last)) {
    return {true, true, Verdict::FAIL,
            "failed in a fork: once more from power-on (" + last.reason + ")"};
  }
  const auto conclusions = conclusive(all);
  if (std::ranges::none_of(conclusions, failed)) return end(last.verdict, last.reason);
  if (conclusions.size() <= policy.confirm) {
    return {true, needs_power_on(all), Verdict::FAIL,
            fmt::format("failed: trying it again to confirm, {} of {} ({})", conclusions.size(),
                        policy.confirm, last.reason)};
  }
  return sum_up(conclusions);
}

}  // namespace luolab
