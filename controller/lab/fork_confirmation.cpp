// SPDX-License-Identifier: Apache-2.0
#include "controller/lab/fork_confirmation.h"

#include <algorithm>

#include <fmt/format.h>

namespace luolab {
namespace {

constexpr std::string_view kForkCheck = "fork";
constexpr std::string_view kUnconfirmed = " (in a fork; not yet confirmed from power-on)";

std::string without_mark(std::string reason) {
  if (reason.ends_with(kUnconfirmed)) reason.resize(reason.size() - kUnconfirmed.size());
  return reason;
}

}  // namespace

bool needs_confirmation(const AttemptReport& report) {
  return report.verdict == Verdict::FAIL && report.start != StartPoint::power_on;
}

void mark_unconfirmed(AttemptReport& report) {
  if (needs_confirmation(report)) report.reason += kUnconfirmed;
}

void compare_with_fork(AttemptReport& from_power_on, const AttemptReport& forked) {
  const std::string found = without_mark(forked.reason);
  const std::string_view verdict = verdict_name(from_power_on.verdict);
  const bool confirmed = from_power_on.verdict == Verdict::FAIL;
  const std::string own = from_power_on.reason;
  from_power_on.reason = confirmed ? "confirmed from power-on: " + own
                                   : fmt::format("only in a fork: {}; from power-on: {}{}{}", found,
                                                 verdict, own.empty() ? "" : ": ", own);
  from_power_on.checks.push_back({-1, std::string(kForkCheck), start_point_name(forked.start),
                                  Verdict::DONE,
                                  fmt::format("the fork: FAIL: {}; from power-on: {}{}{}", found,
                                              verdict, own.empty() ? "" : ": ", own)});
}

bool failed_in_a_fork_alone(const AttemptReport& from_power_on) {
  return from_power_on.verdict != Verdict::FAIL &&
         std::ranges::find(from_power_on.checks, kForkCheck, &Check::name) !=
             from_power_on.checks.end();
}

}  // namespace luolab
