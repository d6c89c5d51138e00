// SPDX-License-Identifier: Apache-2.0
#include "controller/gate/standing.h"

#include <algorithm>

#include <boost/math/distributions/hypergeometric.hpp>
#include <fmt/format.h>

namespace luolab {
namespace {

constexpr std::uint32_t kFailTries = 3;     // of each kernel, where a failure is there each time
constexpr std::uint32_t kFlakyTries = 9;    // of each, where it comes and goes
constexpr std::uint32_t kForkTries = 6;     // of the candidate from power-on, where a fork failed
constexpr std::uint32_t kTroubleTries = 4;  // of each, where the candidate gives no judgement
constexpr double kFlakyLevel = 0.01;

struct Counts {
  std::uint32_t all = 0, pass = 0, fail = 0, trouble = 0, skip = 0, known = 0;
};

Counts count(const std::vector<SeenTry>& tries) {
  Counts counts;
  for (const SeenTry& seen : tries) {
    ++counts.all;
    switch (seen.verdict) {
      case Verdict::PASS:
      case Verdict::DONE:
        ++counts.pass;
        break;
      case Verdict::FAIL:
        ++counts.fail;
        break;
      case Verdict::ERROR:
      case Verdict::MISS:
        ++counts.trouble;
        break;
      case Verdict::SKIP:
        ++counts.skip;
        break;
      case Verdict::XFAIL:
        ++counts.known;
        break;
    }
  }
  return counts;
}

std::uint32_t missing(std::uint32_t wanted, std::uint32_t have) {
  return wanted > have ? wanted - have : 0;
}

/// How likely so many failures, or more, would fall to the candidate by chance.
double chance_of(const Counts& candidate, const Counts& baseline) {
  const std::uint32_t failures = candidate.fail + baseline.fail;
  const boost::math::hypergeometric_distribution<double> chance(failures, candidate.all,
                                                                candidate.all + baseline.all);
  return boost::math::cdf(boost::math::complement(chance, candidate.fail - 1));
}

std::string of(std::uint32_t part, std::uint32_t all) { return fmt::format("{} of {}", part, all); }

/// Whether some failure of the baseline is one of the candidate's as well.
bool share_a_signature(const std::vector<SeenTry>& candidate,
                       const std::vector<SeenTry>& baseline) {
  return std::ranges::any_of(baseline, [&](const SeenTry& other) {
    return other.verdict == Verdict::FAIL &&
           std::ranges::any_of(candidate, [&](const SeenTry& mine) {
             return mine.verdict == Verdict::FAIL && mine.signature == other.signature;
           });
  });
}

StandingSoFar broken_on_both(const Counts& candidate, const Counts& baseline, bool same) {
  return {Standing::broken_before,
          fmt::format("fails on the baseline as well ({}; candidate {}){}",
                      of(baseline.fail, baseline.all), of(candidate.fail, candidate.all),
                      same ? "" : ", in another way")};
}

StandingSoFar after_each_failure(const Counts& candidate, const Counts& baseline) {
  StandingSoFar so_far{
      Standing::regression,
      fmt::format("failed {} on the candidate, {} on the baseline beside it",
                  of(candidate.fail, candidate.all), of(baseline.fail, baseline.all))};
  // A baseline that lacks what the test needs can't be broken by the series.
  const std::uint32_t judged = baseline.pass + baseline.known + baseline.skip;
  if (judged < kFailTries && baseline.all >= 2 * kFailTries)
    return {Standing::unknown,
            fmt::format("failed {} on the candidate, but the lab broke {} on the "
                        "baseline",
                        of(candidate.fail, candidate.all), of(baseline.trouble, baseline.all))};
  so_far.more_candidate = missing(kFailTries, candidate.all);
  so_far.more_baseline = missing(kFailTries, judged);
  return so_far;
}

StandingSoFar after_some_failures(const Counts& candidate, const Counts& baseline) {
  const double chance = chance_of(candidate, baseline);
  const std::string seen =
      fmt::format("failed {} on the candidate, {} on the baseline",
                  of(candidate.fail, candidate.all), of(baseline.fail, baseline.all));
  StandingSoFar so_far{chance < kFlakyLevel ? Standing::regression : Standing::flaky,
                       fmt::format("{}; by chance in {:.2g} % of such cases", seen, 100 * chance)};
  if (so_far.standing == Standing::regression) return so_far;
  so_far.more_candidate = missing(kFlakyTries, candidate.all);
  so_far.more_baseline = missing(kFlakyTries, baseline.all);
  return so_far;
}

StandingSoFar after_failures(const Counts& candidate, const Counts& baseline, bool same) {
  if (baseline.fail > 0) {
    StandingSoFar so_far = broken_on_both(candidate, baseline, same);
    // One failure of each may be anything: it is seen again before it excuses the candidate.
    so_far.more_candidate = missing(kFailTries, candidate.all);
    so_far.more_baseline = missing(kFailTries, baseline.all);
    if (!so_far.settled() || baseline.fail * 2 >= baseline.all) return so_far;
    return after_some_failures(candidate, baseline);
  }
  return candidate.fail == candidate.all ? after_each_failure(candidate, baseline)
                                         : after_some_failures(candidate, baseline);
}

StandingSoFar after_trouble(const Counts& candidate, const Counts& baseline) {
  StandingSoFar so_far{Standing::unknown, "the lab broke each time; nothing is known"};
  const std::uint32_t judged = baseline.pass + baseline.known;
  if (baseline.all >= kTroubleTries && judged < baseline.all) return so_far;
  so_far.more_candidate = missing(kTroubleTries, candidate.all);
  so_far.more_baseline = missing(kTroubleTries, baseline.all);
  if (!so_far.settled()) return so_far;
  so_far.standing = Standing::regression;
  so_far.reason = fmt::format(
      "gave no judgement {} on the candidate, and passed {} on the baseline "
      "beside it",
      of(candidate.trouble, candidate.all), of(judged, baseline.all));
  return so_far;
}

StandingSoFar after_pass(const Counts& candidate, const Counts& baseline) {
  if (baseline.fail > 0 && baseline.pass == 0) {
    StandingSoFar so_far{Standing::fixed, fmt::format("failed {} on the baseline, passes now",
                                                      of(baseline.fail, baseline.all))};
    so_far.more_candidate = missing(2, candidate.all);
    so_far.more_baseline = missing(2, baseline.all);
    return so_far;
  }
  if (baseline.known > 0 && candidate.known == 0)
    return {Standing::fixed, "a known issue of the baseline does not show"};
  return {Standing::holds, {}};
}

/// By what was seen from power-on, or in forks that nothing spoke against.
StandingSoFar after_tries(const std::vector<SeenTry>& candidate,
                          const std::vector<SeenTry>& baseline) {
  const Counts mine = count(candidate);
  const Counts other = count(baseline);
  if (mine.all == 0) return {Standing::unknown, "not tried", 1, missing(1, other.all)};
  if (mine.fail > 0) return after_failures(mine, other, share_a_signature(candidate, baseline));
  if (mine.pass > 0) return after_pass(mine, other);
  if (mine.known > 0) return {Standing::known_issue, "a known issue"};
  if (mine.skip > 0) {
    const bool alone = other.pass + other.fail + other.known > 0;
    return {Standing::not_applicable, alone ? "skipped on the candidate alone" : "skipped"};
  }
  return after_trouble(mine, other);
}

}  // namespace

StandingSoFar standing_of(const std::vector<SeenTry>& candidate,
                          const std::vector<SeenTry>& baseline) {
  StandingSoFar so_far = after_tries(candidate, baseline);
  const Counts mine = count(candidate);
  if (mine.fail > 0 || std::ranges::none_of(candidate, &SeenTry::fork_failed)) return so_far;
  so_far.more_candidate = std::max(so_far.more_candidate, missing(kForkTries, mine.all));
  if (so_far.reason.empty())
    so_far.reason = fmt::format("failed in a fork, and 0 of {} from power-on", mine.all);
  return so_far;
}

}  // namespace luolab
