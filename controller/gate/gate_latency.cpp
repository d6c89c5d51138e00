// SPDX-License-Identifier: Apache-2.0
// Phases of the candidate against the baseline's, boot by boot.
#include <algorithm>

#include <fmt/format.h>

#include "controller/gate/boot_comparison.h"
#include "controller/gate/gate.h"
#include "controller/gate/gate_plan.h"
#include "controller/gate/layout_check.h"
#include "controller/gate/seed.h"
#include "controller/statistics/boundary.h"

namespace luolab {
namespace {

/// Looks that fit the time that is left for boots.
std::vector<std::size_t> looks_within(std::chrono::nanoseconds left, const GateCase& test,
                                      std::vector<std::size_t> looks) {
  const auto block = 2 * (expected_time(test.candidate) + expected_time(test.baseline));
  while (!looks.empty() && static_cast<long>(looks.back()) * block > left) looks.pop_back();
  return looks;
}

/// Whether so few boots can show a difference at all.
bool can_decide(const BootComparison& comparison) {
  const LatencySettings& settings = comparison.settings;
  const BoundaryPlan plan{settings.alpha, settings.looks, settings.flips, settings.seed};
  return !settings.looks.empty() && first_useful_look(comparison.phases.size(), plan).has_value();
}

}  // namespace

bool Gate::is_regression_known() const {
  return std::ranges::find(report_.tests, Standing::regression, &GateTest::standing) !=
         report_.tests.end();
}

Task<void> Gate::compare_other_layout(BootComparison comparison, ComparedBoots& compared) {
  comparison.phases.clear();
  for (const GatePhase& phase : compared.phases) {
    if (is_too_slow(phase)) comparison.phases.push_back(phase.phase);
  }
  if (comparison.phases.empty() || !suite_.other_layout) co_return;
  co_await enter(fmt::format("latency of {} in another layout", comparison.scenario));
  comparison.name += "-layout";
  comparison.title += " in another layout";
  comparison.seed = seed_of(report_.id + comparison.name);
  comparison.baseline = in_layout(std::move(comparison.baseline), *suite_.other_layout);
  comparison.candidate = in_layout(std::move(comparison.candidate), *suite_.other_layout);
  ComparedBoots other = co_await compare_boots(std::move(comparison), runner_);
  compared.failures = std::move(other.failures);
  compared.dropped += other.dropped;
  for (GatePhase& phase : compared.phases) {
    if (!is_too_slow(phase)) continue;
    const auto again = std::ranges::find(other.phases, phase.phase, &GatePhase::phase);
    if (again != other.phases.end()) {
      phase = seen_in_both(phase, *again);
    } else {
      report_.notes.push_back(
          fmt::format("{} of {} was slower in one layout of the kernel's code, and could not be "
                      "compared in another",
                      phase.phase, phase.scenario));
    }
  }
}

Task<void> Gate::measure() {
  if (!order_.latency) co_return;
  // The rate of false alarms is that of the gate as a whole.
  const auto timed = std::ranges::count_if(
      running_, [](const Running& running) { return !running.test->candidate.latency.empty(); });
  for (const Running& running : running_) {
    const GateCase& test = *running.test;
    if (test.candidate.latency.empty()) continue;
    if (is_regression_known()) {
      report_.left_out.push_back({"latency of " + test.title,
                                  "a test fails: how long a wrong kernel takes decides nothing"});
      continue;
    }
    const GateTest& entry = report_.tests[running.at];
    if (entry.standing != Standing::holds && entry.standing != Standing::fixed) {
      report_.left_out.push_back({"latency of " + test.title,
                                  "the test does not hold: how long it takes "
                                  "tells nothing"});
      continue;
    }
    co_await enter(fmt::format("latency of {}", test.candidate.scenario));
    BootComparison comparison;
    comparison.name = "latency-" + test.title;
    comparison.title = fmt::format("gate {}: latency", report_.id);
    comparison.scenario = test.candidate.scenario;
    comparison.baseline = test.baseline;
    comparison.candidate = test.candidate;
    comparison.phases = test.candidate.latency;
    comparison.worker = worker_;
    comparison.seed = seed_of(report_.id + test.title);
    comparison.settings.alpha = order_.alpha / static_cast<double>(timed);
    comparison.settings.matters = order_.matters;
    if (order_.budget > order_.budget.zero()) {
      comparison.settings.looks = looks_within(order_.budget / 2, test, comparison.settings.looks);
      if (!can_decide(comparison)) {
        report_.left_out.push_back({"latency of " + test.title,
                                    "the budget has no room for as many boots as could decide"});
        continue;
      }
    }
    ComparedBoots compared = co_await compare_boots(comparison, runner_);
    if (compared.failures.empty()) co_await compare_other_layout(std::move(comparison), compared);
    std::ranges::move(compared.phases, std::back_inserter(report_.phases));
    if (compared.dropped > 0)
      report_.notes.push_back(
          fmt::format("latency of {}: {} blocks of four boots were dropped, since a "
                      "boot in them did not pass at once",
                      test.title, compared.dropped));
    if (!compared.failures.empty()) co_await test_again(running.at, std::move(compared.failures));
    co_await runner_.publish(report_);
  }
}

}  // namespace luolab
