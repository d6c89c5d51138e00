// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>
#include <sstream>

#include <fmt/format.h>

#include "controller/results/job_facts.h"
#include "controller/results/results.h"
#include "controller/results/safe_text.h"

namespace luolab {
namespace {

constexpr std::string_view kVersion = "KTAP version 1";
constexpr std::size_t kIndent = 2;

/// A name as KTAP allows it: one line, no '#', which starts a directive.
std::string ktap_name(std::string_view text) {
  std::string name = one_line(text);
  std::replace(name.begin(), name.end(), '#', ':');
  return name.empty() ? "unnamed" : name;
}

/// Names given out at one level; one that was taken gets a number.
class UniqueNames {
 public:
  std::string name(std::string_view text) {
    const std::string wanted = ktap_name(text);
    std::string name = wanted;
    for (int again = 2; !taken_.insert(name).second; ++again) {
      name = fmt::format("{} ({})", wanted, again);
    }
    return name;
  }

 private:
  std::set<std::string> taken_;
};

/// Result lines at one depth of nesting.
class KtapLevel {
 public:
  /// `subtest` is empty for the outermost level alone.
  KtapLevel(std::size_t depth, std::size_t tests, std::string_view subtest)
      : indent_(kIndent * depth, ' ') {
    line(kVersion);
    if (!subtest.empty()) line(fmt::format("# Subtest: {}", subtest));
    line(fmt::format("1..{}", tests));
  }

  void add(const std::string& block) { text_ += block; }
  void diagnose(std::string_view text) {
    std::istringstream block(printable_block(text));
    for (std::string each; std::getline(block, each);) line("# " + each);
  }
  void result(Verdict verdict, std::string_view name, std::string_view reason) {
    const bool ok = verdict == Verdict::PASS || verdict == Verdict::DONE ||
                    verdict == Verdict::SKIP || verdict == Verdict::XFAIL;
    std::string directive;
    if (verdict == Verdict::SKIP) directive = fmt::format(" # SKIP {}", ktap_name(reason));
    if (verdict == Verdict::XFAIL) directive = fmt::format(" # XFAIL {}", ktap_name(reason));
    if (blames_the_lab(verdict)) directive = fmt::format(" # {} lab", verdict_name(verdict));
    line(fmt::format("{} {} {}{}", ok ? "ok" : "not ok", ++number_, name, directive));
  }
  std::string text() const { return text_; }

 private:
  void line(std::string_view content) { text_ += fmt::format("{}{}\n", indent_, content); }

  std::string indent_;
  std::string text_;
  std::size_t number_ = 0;
};

std::string check_name(const Check& check) {
  std::string name =
      check.hop < 0 ? check.name : fmt::format("hop{}.{}", check.hop + 1, check.name);
  return check.subject.empty() ? name : fmt::format("{} {}", name, check.subject);
}

std::string checks_block(const std::vector<Check>& checks, std::string_view job) {
  KtapLevel level(2, checks.size(), job);
  UniqueNames names;
  for (const Check& check : checks) {
    const bool held = check.verdict == Verdict::PASS || check.verdict == Verdict::DONE;
    if (!held) level.diagnose(check.detail);
    level.result(check.verdict, names.name(check_name(check)), check.detail);
  }
  return level.text();
}

void diagnose_job(KtapLevel& level, const JobRecord& job) {
  const Verdict verdict = verdict_of(job);
  if (verdict == Verdict::PASS) return;
  level.diagnose(fmt::format("{}: {}", verdict_name(verdict), reason_of(job)));
  if (blames_the_lab(verdict)) {
    level.diagnose("the lab or the test broke: this says nothing about the kernel");
  }
  if (!job.report) return;
  for (const ConsoleFinding& finding : job.report->findings) {
    level.diagnose(fmt::format("console: {}:\n{}", finding.kind, finding.excerpt));
  }
}

std::string scenario_block(const ScenarioGroup& group, std::string_view name) {
  KtapLevel level(1, group.jobs.size(), name);
  UniqueNames names;
  for (const JobRecord* job : group.jobs) {
    const std::string title = names.name(job->title);
    if (job->report && !job->report->checks.empty()) {
      level.add(checks_block(job->report->checks, title));
    }
    diagnose_job(level, *job);
    level.result(verdict_of(*job), title, reason_of(*job));
  }
  return level.text();
}

/// FAIL outweighs the lab's trouble, which outweighs the rest; SKIP only where all were skipped.
Verdict verdict_of(const ScenarioGroup& group) {
  const auto any = [&](Verdict verdict) {
    return std::any_of(group.jobs.begin(), group.jobs.end(),
                       [&](const JobRecord* job) { return luolab::verdict_of(*job) == verdict; });
  };
  for (const Verdict verdict : {Verdict::FAIL, Verdict::ERROR, Verdict::MISS, Verdict::XFAIL,
                                Verdict::PASS, Verdict::DONE}) {
    if (any(verdict)) return verdict;
  }
  return Verdict::SKIP;
}

}  // namespace

std::string results_ktap(const RunRecord& run) {
  const std::vector<ScenarioGroup> groups = by_scenario(run);
  KtapLevel level(0, groups.size(), "");
  UniqueNames names;
  for (const ScenarioGroup& group : groups) {
    const std::string name = names.name(group.scenario);
    level.add(scenario_block(group, name));
    const Verdict verdict = verdict_of(group);
    level.result(verdict, name,
                 verdict == Verdict::XFAIL ? "a known issue" : "every job was skipped");
  }
  return level.text();
}

}  // namespace luolab
