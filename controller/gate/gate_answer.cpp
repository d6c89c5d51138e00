// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include "controller/gate/gate.h"

namespace luolab {
namespace {

std::size_t count(const GateReport& report, Standing standing) {
  return static_cast<std::size_t>(std::ranges::count(report.tests, standing, &GateTest::standing));
}

std::string some(std::size_t number, std::string_view what) {
  return fmt::format("{} {}{}", number, what, number == 1 ? "" : "s");
}

/// The titles of the tests with that standing, at most three of them.
std::string names_of(const GateReport& report, Standing standing) {
  std::string names;
  std::size_t told = 0;
  for (const GateTest& test : report.tests) {
    if (test.standing != standing) continue;
    if (++told > 3) return names + ", ...";
    names += (names.empty() ? "" : ", ") + test.scenario;
  }
  return names;
}

/// It may be slower by what matters. A phase that may only be faster keeps nothing out.
bool is_open(const GatePhase& phase) {
  const bool may_be_slower = !phase.has_interval || phase.high > phase.matters;
  return may_be_slower &&
         (phase.outcome == PhaseOutcome::inconclusive || phase.outcome == PhaseOutcome::slower);
}

using Phases = std::vector<const GatePhase*>;

Phases phases_that(const GateReport& report, bool (*are)(const GatePhase&)) {
  Phases phases;
  for (const GatePhase& phase : report.phases) {
    if (are(phase)) phases.push_back(&phase);
  }
  return phases;
}

std::string sentences_of(const Phases& phases) {
  std::string all;
  for (const GatePhase* phase : phases) all += (all.empty() ? "" : "; ") + phase->sentence;
  return all;
}

std::string what_holds(const GateReport& report) {
  const std::size_t hold = count(report, Standing::holds) + count(report, Standing::fixed);
  std::string text = some(hold, "test") + (hold == 1 ? " holds" : " hold");
  const std::size_t before = count(report, Standing::broken_before);
  if (before > 0) text += fmt::format(", {} failed before as well", before);
  const std::size_t known = count(report, Standing::known_issue);
  if (known > 0) text += fmt::format(", {}", some(known, "known issue"));
  if (!report.phases.empty())
    text +=
        fmt::format("; of {} none is slower by what matters", some(report.phases.size(), "phase"));
  return text;
}

}  // namespace

GateDecision decide(const GateReport& report) {
  if (count(report, Standing::regression) > 0) {
    return {GateAnswer::must_not,
            fmt::format("{} on the candidate and not on the baseline: {}",
                        count(report, Standing::regression) == 1
                            ? "a test fails"
                            : some(count(report, Standing::regression), "test") + " fail",
                        names_of(report, Standing::regression))};
  }
  if (const Phases slower = phases_that(report, is_too_slow); !slower.empty())
    return {GateAnswer::must_not, sentences_of(slower)};
  if (const std::size_t unknown = count(report, Standing::unknown);
      unknown > 0 || report.tests.empty()) {
    return {GateAnswer::lab_trouble,
            report.tests.empty() ? "no test was run"
                                 : fmt::format("the lab broke in {}: {}", some(unknown, "test"),
                                               names_of(report, Standing::unknown))};
  }
  if (const std::size_t flaky = count(report, Standing::flaky); flaky > 0) {
    return {GateAnswer::inconclusive,
            fmt::format("{} on the candidate now and then, which may be chance: {}",
                        flaky == 1 ? "a test fails" : some(flaky, "test") + " fail",
                        names_of(report, Standing::flaky))};
  }
  if (const Phases open = phases_that(report, is_open); !open.empty())
    return {GateAnswer::inconclusive, sentences_of(open)};
  if (count(report, Standing::not_applicable) == report.tests.size())
    return {GateAnswer::inconclusive, "every test was skipped: the kernels lack what they need"};
  return {GateAnswer::may_go_in, what_holds(report)};
}

}  // namespace luolab
