// SPDX-License-Identifier: Apache-2.0
#include "worker/run/known_issue.h"

#include <algorithm>

#include <fmt/format.h>

namespace luolab {
namespace {

bool applies(const KnownIssue& issue, const std::vector<std::string>& releases) {
  return std::ranges::any_of(issue.versions, [&](const std::string& version) {
    return std::ranges::any_of(
        releases, [&](const std::string& release) { return covers(version, release); });
  });
}

bool is_about(const KnownIssue& issue, const Check& check) {
  return check.subject == issue.check || check.name == issue.check;
}

bool mark(std::vector<Check>& checks, const KnownIssue& issue) {
  bool showed = false;
  for (Check& check : checks) {
    if (check.verdict != Verdict::FAIL || !is_about(issue, check)) continue;
    check.verdict = Verdict::XFAIL;
    check.detail += fmt::format(" [known issue: {}; {}]", issue.summary, issue.reference);
    showed = true;
  }
  return showed;
}

}  // namespace

bool covers(const std::string& version, const std::string& release) {
  if (!release.starts_with(version)) return false;
  return release.size() == version.size() || release[version.size()] == '.' ||
         release[version.size()] == '-';
}

void apply_known_issues(std::vector<Check>& checks, const std::vector<KnownIssue>& issues,
                        const std::vector<std::string>& releases, bool completed) {
  for (const KnownIssue& issue : issues) {
    if (!applies(issue, releases) || mark(checks, issue) || !completed) continue;
    checks.push_back({-1, "known-issue", issue.check, Verdict::DONE,
                      fmt::format("surprising pass: \"{}\" ({}) does not show on {}", issue.summary,
                                  issue.reference, fmt::join(releases, ", "))});
  }
}

}  // namespace luolab
