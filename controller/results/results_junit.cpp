// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include "controller/results/job_facts.h"
#include "controller/results/results.h"
#include "controller/results/rollout_words.h"
#include "controller/results/safe_text.h"

namespace luolab {
namespace {

std::string attribute(std::string_view text) { return xml_text(one_line(text)); }

double seconds_of(const JobRecord& job) {
  return job.report ? std::chrono::duration<double>(job.report->wall).count() : 0;
}

struct SuiteCounts {
  std::size_t failures = 0;
  std::size_t errors = 0;
  std::size_t skipped = 0;
  double seconds = 0;
};

SuiteCounts count(const std::vector<const JobRecord*>& jobs) {
  SuiteCounts counts;
  for (const JobRecord* job : jobs) {
    const Verdict verdict = verdict_of(*job);
    counts.failures += verdict == Verdict::FAIL;
    counts.errors += blames_the_lab(verdict);
    counts.skipped += verdict == Verdict::SKIP || verdict == Verdict::XFAIL;
    counts.seconds += seconds_of(*job);
  }
  return counts;
}

std::string counts_attributes(std::size_t tests, const SuiteCounts& counts) {
  return fmt::format(R"(tests="{}" failures="{}" errors="{}" skipped="{}" time="{:.3f}")", tests,
                     counts.failures, counts.errors, counts.skipped, counts.seconds);
}

/// Checks that did not hold and console findings, as text.
std::string evidence(const JobRecord& job) {
  std::string text;
  if (!job.report) return text;
  for (const Check& check : job.report->checks) {
    if (check.verdict == Verdict::PASS || check.verdict == Verdict::DONE) continue;
    text += fmt::format("{}: {}: {} {}: {}\n", verdict_name(check.verdict), hop_title(check.hop),
                        check.name, check.subject, check.detail);
  }
  for (const ConsoleFinding& finding : job.report->findings) {
    text += fmt::format("console: {}:\n{}\n", finding.kind, finding.excerpt);
  }
  return text;
}

std::string outcome(const JobRecord& job) {
  const Verdict verdict = verdict_of(job);
  const std::string message = attribute(reason_of(job));
  if (verdict == Verdict::PASS || verdict == Verdict::DONE) return {};
  // JUnit has no word for an expected failure; its readers show a skipped test's message.
  if (verdict == Verdict::SKIP || verdict == Verdict::XFAIL) {
    return fmt::format("      <skipped message=\"{}{}\"/>\n",
                       verdict == Verdict::XFAIL ? "known issue: " : "", message);
  }
  const std::string_view element = verdict == Verdict::FAIL ? "failure" : "error";
  const std::string_view type = verdict == Verdict::FAIL ? "kernel" : "lab";
  return fmt::format("      <{0} type=\"{1}\" message=\"{2}\">{3}</{0}>\n", element, type, message,
                     xml_text(evidence(job)));
}

std::string test_case(const JobRecord& job) {
  return fmt::format(
      "    <testcase classname=\"{}\" name=\"{}\" time=\"{:.3f}\">\n{}"
      "      <system-out>verdict {}, luolab show {}</system-out>\n    </testcase>\n",
      attribute(job.job.scenario), attribute(job.title), seconds_of(job), outcome(job),
      verdict_name(verdict_of(job)), id_text(job.id));
}

/// The scenario's rollout as the suite's properties.
std::string properties(const RunRecord& run, const std::string& scenario) {
  for (const RolloutRecord& rollout : run.rollouts) {
    if (rollout.scenario != scenario) continue;
    return fmt::format(
        "    <properties>\n      <property name=\"rollout\" value=\"{}\"/>\n"
        "      <property name=\"fleet\" value=\"{}\"/>\n    </properties>\n",
        attribute(rollout_words(rollout)), attribute(figures_words(figures_of(rollout))));
  }
  return {};
}

std::string test_suite(const RunRecord& run, const ScenarioGroup& group) {
  std::string created = time_text(run.created);
  created.pop_back();  // JUnit's timestamp has no zone
  std::string suite =
      fmt::format("  <testsuite name=\"{}\" timestamp=\"{}\" {}>\n", attribute(group.scenario),
                  created, counts_attributes(group.jobs.size(), count(group.jobs)));
  suite += properties(run, group.scenario);
  for (const JobRecord* job : group.jobs) suite += test_case(*job);
  return suite + "  </testsuite>\n";
}

}  // namespace

std::string results_junit(const RunRecord& run) {
  std::vector<const JobRecord*> all;
  for (const JobRecord& job : run.jobs) all.push_back(&job);
  std::string xml = fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"luolab run {}: {}\" {}>\n",
      id_text(run.id), attribute(run.title), counts_attributes(all.size(), count(all)));
  for (const ScenarioGroup& group : by_scenario(run)) xml += test_suite(run, group);
  return xml + "</testsuites>\n";
}

}  // namespace luolab
