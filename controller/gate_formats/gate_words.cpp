// SPDX-License-Identifier: Apache-2.0
#include "controller/gate_formats/gate_words.h"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "core/base/quantity.h"

namespace luolab {
namespace {

std::size_t failures(const std::vector<GateTry>& tries) {
  return static_cast<std::size_t>(std::ranges::count_if(tries, [](const GateTry& one) {
    return one.verdict == Verdict::FAIL || one.verdict == Verdict::ERROR ||
           one.verdict == Verdict::MISS;
  }));
}

}  // namespace

std::string_view answer_words(GateAnswer answer) {
  switch (answer) {
    case GateAnswer::may_go_in:
      return "may go in";
    case GateAnswer::must_not:
      return "must not go in";
    case GateAnswer::inconclusive:
      return "inconclusive";
    case GateAnswer::lab_trouble:
      return "lab trouble";
    case GateAnswer::does_not_apply:
      return "does not apply or build";
  }
  return "lab trouble";
}

std::string_view outcome_words(const GateReport& report) {
  return report.state == "done" ? answer_words(report.answer) : std::string_view(report.state);
}

std::string_view standing_words(Standing standing) {
  switch (standing) {
    case Standing::holds:
      return "holds";
    case Standing::regression:
      return "regression";
    case Standing::flaky:
      return "fails now and then";
    case Standing::broken_before:
      return "fails on the baseline as well";
    case Standing::fixed:
      return "fixed";
    case Standing::known_issue:
      return "known issue";
    case Standing::not_applicable:
      return "not applicable";
    case Standing::unknown:
      return "not known: the lab broke";
  }
  return "not known";
}

bool is_news(const GateTest& test) {
  return test.standing == Standing::regression || test.standing == Standing::flaky ||
         test.standing == Standing::unknown;
}

std::string tries_words(const GateTest& test) {
  return fmt::format("{} of {} fail, baseline {} of {}", failures(test.candidate),
                     test.candidate.size(), failures(test.baseline), test.baseline.size());
}

std::string seconds_words(double seconds) {
  return format_duration(std::chrono::nanoseconds{static_cast<std::int64_t>(seconds * 1e9)});
}

std::string shift_words(double shift) { return fmt::format("{:+.1f} %", 100 * shift); }

}  // namespace luolab
