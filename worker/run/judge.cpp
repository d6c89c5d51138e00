// SPDX-License-Identifier: Apache-2.0
#include "worker/run/judge.h"

#include <algorithm>

#include <fmt/format.h>

namespace luolab {

const std::vector<std::string> kContinuityChecks{"continuity.nonce", "continuity.boot-id",
                                                 "continuity.build-id", "continuity.banners"};

namespace {

const Check* first_with(const std::vector<Check>& checks, Verdict verdict) {
  const auto found = std::ranges::find(checks, verdict, &Check::verdict);
  return found == checks.end() ? nullptr : &*found;
}

std::string in_words(const Check& check) {
  std::string where = check.name;
  if (!check.subject.empty()) where += " of " + check.subject;
  if (check.hop >= 0) where += fmt::format(" (hop {})", check.hop + 1);
  return check.detail.empty() ? where : where + ": " + check.detail;
}

/// The known issue that ended the machine, and the job with it.
const Check* known_end(const std::vector<Check>& checks) {
  const auto found = std::ranges::find_if(checks, [](const Check& check) {
    return check.verdict == Verdict::XFAIL && check.name == "machine";
  });
  return found == checks.end() ? nullptr : &*found;
}

const std::string* missing_proof(const std::vector<Check>& checks, std::uint32_t hops_wanted) {
  for (std::uint32_t hop = 0; hop < hops_wanted; ++hop) {
    for (const std::string& proof : kContinuityChecks) {
      const bool given = std::ranges::any_of(checks, [&](const Check& check) {
        return check.name == proof && check.hop == static_cast<std::int32_t>(hop) &&
               check.verdict == Verdict::PASS;
      });
      if (!given) return &proof;
    }
  }
  return nullptr;
}

}  // namespace

Judgement judge(const std::vector<Check>& checks, std::uint32_t hops_wanted, bool completed) {
  for (const Verdict verdict : {Verdict::FAIL, Verdict::ERROR, Verdict::MISS, Verdict::SKIP}) {
    if (const Check* check = first_with(checks, verdict)) return {verdict, in_words(*check)};
  }
  const Check* const end = known_end(checks);
  if (!completed && end != nullptr) return {Verdict::XFAIL, in_words(*end)};
  if (!completed) return {Verdict::MISS, "the job did not run to its end"};
  if (hops_wanted == 0) return {Verdict::ERROR, "a job without a hop proves nothing"};
  if (const std::string* proof = missing_proof(checks, hops_wanted)) {
    return {Verdict::MISS, *proof + " was not shown for every hop"};
  }
  if (const Check* known = first_with(checks, Verdict::XFAIL)) {
    return {Verdict::XFAIL, in_words(*known)};
  }
  const auto surprise = std::ranges::find(checks, "known-issue", &Check::name);
  if (surprise != checks.end()) return {Verdict::PASS, surprise->detail};
  return {Verdict::PASS, fmt::format("every check held over {} live update{}", hops_wanted,
                                     hops_wanted == 1 ? "" : "s")};
}

}  // namespace luolab
