// SPDX-License-Identifier: Apache-2.0
#include "controller/gate/bisection.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "controller/gate/signature.h"

namespace luolab {
namespace {

constexpr std::size_t kTriesOfWhole = 3;
constexpr std::size_t kMostTries = 40;
constexpr double kMissed = 0.01;  ///< how often a bad prefix may be taken for a good one
constexpr std::size_t kMostTroubles = 2;

/// What the results of one try of all jobs say together: the worst of them.
struct TryResult {
  std::optional<std::string> signature;  ///< of a FAIL
  bool lab = false;
  std::string untestable;  ///< why; empty: it is testable
};

TryResult sum_up(const std::vector<GateResult>& results) {
  TryResult seen;
  for (const GateResult& result : results) {
    if (result.verdict == Verdict::FAIL && !seen.signature)
      seen.signature = result.report.checks.empty() && result.report.findings.empty()
                           ? result.reason.substr(0, result.reason.find('\n'))
                           : failure_signature(result.report);
    if (result.verdict == Verdict::MISS) seen.lab = true;
    if (result.verdict == Verdict::SKIP || result.verdict == Verdict::ERROR)
      seen.untestable = result.reason.substr(0, result.reason.find('\n'));
  }
  return seen;
}

/// So many passes in a row that a prefix which fails at that rate would give them once in a
/// hundred.
std::size_t passes_needed(std::size_t failures, std::size_t tries) {
  // Boots are cheap beside builds, so the rate is taken a little lower than it was seen.
  const double rate = static_cast<double>(failures) / static_cast<double>(tries + 1);
  const double needed = std::ceil(std::log(kMissed) / std::log(1 - rate));
  return std::clamp(static_cast<std::size_t>(needed), std::size_t{1}, kMostTries);
}

}  // namespace

Bisection::Bisection(std::vector<std::string> patch_names, JobsOfPrefix jobs, GateRunner& runner)
    : names_(std::move(patch_names)), jobs_(std::move(jobs)), runner_(runner) {}

Bisection::Bisection(std::vector<std::string> patch_names, PrefixJudge judge, std::string signature,
                     GateRunner& runner)
    : names_(std::move(patch_names)), judge_(std::move(judge)), runner_(runner) {
  report_.signature = std::move(signature);
}

Task<PrefixJudgement> Bisection::try_prefix(std::size_t prefix, std::size_t tries) {
  std::size_t troubles = 0;
  for (std::size_t number = 0; number < tries;) {
    std::vector<Job> jobs = jobs_(prefix);
    for (Job& job : jobs) job.repetition += static_cast<std::uint32_t>(number + troubles);
    GateStep step;
    step.name = fmt::format("bisect-{}", ++steps_);
    step.title = fmt::format("bisect: {} of {} patches", prefix, names_.size());
    step.jobs = std::move(jobs);
    const std::vector<GateResult> results = co_await runner_.run(std::move(step));
    for (const GateResult& result : results) last_jobs_.push_back(result.job);
    const TryResult seen = sum_up(results);
    if (seen.signature && (report_.signature.empty() || *seen.signature == report_.signature)) {
      report_.signature = *seen.signature;
      co_return PrefixJudgement{PrefixState::bad, "fails: " + *seen.signature};
    }
    if (seen.signature)
      co_return PrefixJudgement{PrefixState::untestable,
                                "fails in another way: " + *seen.signature};
    if (!seen.untestable.empty())
      co_return PrefixJudgement{PrefixState::untestable, seen.untestable};
    if (!seen.lab) {
      ++number;
    } else if (++troubles > kMostTroubles) {
      co_return PrefixJudgement{PrefixState::untestable, "the lab broke: " + results.front().reason,
                                true};
    }
  }
  co_return PrefixJudgement{PrefixState::good,
                            tries == 1 ? "passes" : fmt::format("passes {} times", tries)};
}

// How often the whole series fails says how often a pass must be repeated.
Task<PrefixJudgement> Bisection::look_at_whole() {
  std::size_t failures = 0;
  std::size_t tries = 0;
  PrefixJudgement failed{PrefixState::good, fmt::format("passes {} times", kTriesOfWhole)};
  while (tries < kTriesOfWhole) {
    PrefixJudgement seen = co_await try_prefix(names_.size(), 1);
    if (seen.lab_trouble || seen.state == PrefixState::untestable) co_return seen;
    ++tries;
    if (seen.state != PrefixState::bad) continue;
    ++failures;
    failed = std::move(seen);
  }
  if (failures > 0) tries_ = passes_needed(failures, tries);
  co_return failed;
}

Task<PrefixJudgement> Bisection::look_at(std::size_t prefix) {
  last_jobs_.clear();
  if (judge_) co_return co_await judge_(prefix);
  if (prefix == names_.size()) co_return co_await look_at_whole();
  co_return co_await try_prefix(prefix, tries_);
}

void Bisection::conclude(const PrefixSearch& search) {
  const std::size_t all = names_.size();
  const std::string& last = report_.prefixes.back().reason;
  if (search.known(all, PrefixState::untestable) || search.known(0, PrefixState::untestable)) {
    report_.outcome = BisectOutcome::untestable;
    report_.reason =
        fmt::format("the {} can't be tested: {}",
                    search.known(all, PrefixState::bad) ? "base" : "whole series", last);
    return;
  }
  if (search.known(all, PrefixState::good)) {
    report_.outcome = BisectOutcome::not_there;
    report_.reason = "the whole series is good: " + last;
    return;
  }
  if (search.known(0, PrefixState::bad)) {
    report_.outcome = BisectOutcome::before;
    report_.reason = "the base, without the series, is bad as well: " + last;
    return;
  }
  report_.first_bad = static_cast<std::uint32_t>(search.good() + 1);
  report_.last_bad = static_cast<std::uint32_t>(search.bad());
  report_.patch = names_.at(report_.first_bad - 1);
  const bool one = report_.first_bad == report_.last_bad;
  report_.outcome = one ? BisectOutcome::found : BisectOutcome::range;
  report_.reason =
      one ? fmt::format("patch {} of {} is the first bad one: {}", report_.first_bad, all,
                        report_.patch)
          : fmt::format(
                "the first bad patch is one of {} to {} of {}: what lies between can't be "
                "tested",
                report_.first_bad, report_.last_bad, all);
}

Task<BisectReport> Bisection::run() {
  PrefixSearch search(names_.size());
  while (const auto prefix = search.next()) {
    const PrefixJudgement seen = co_await look_at(*prefix);
    report_.prefixes.push_back(
        {static_cast<std::uint32_t>(*prefix), seen.state, seen.reason, last_jobs_});
    if (*prefix > 0) ++report_.builds;
    if (seen.lab_trouble) {
      report_.reason = seen.reason;
      co_return report_;
    }
    search.tell(*prefix, seen.state);
  }
  conclude(search);
  co_return report_;
}

}  // namespace luolab
