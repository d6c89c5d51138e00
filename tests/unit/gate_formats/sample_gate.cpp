// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/gate_formats/sample_gate.h"

#include <fmt/format.h>

namespace luolab {

GateReport whole_report() {
  GateReport report;
  report.id = "g5";
  report.title = "mm: memfd_luo: keep the size";
  report.state = "done";
  report.answer = GateAnswer::must_not;
  report.reason = "a test fails on the candidate and not on the baseline: 02-size";
  report.baseline = {"linux-7.3", "7.3.4", "7.3.4-1", "aa",           "11",
                     "c1",        0,       "gcc 12",  "luolab kernel"};
  report.candidate = {"linux-7.3 + mine",
                      "7.3.4",
                      "7.3.4-1",
                      "bb",
                      "22",
                      "c2",
                      8,
                      "gcc 12",
                      "luolab kernel build --base linux-7.3 --series mine.patch"};
  report.patches = {{"0001-size.patch", ""}};
  report.suite = "quick";
  report.command = "luolab gate --series mine.patch";
  report.started = "2026-02-03T04:05:06Z";
  report.finished = "2026-02-03T04:09:06Z";
  report.lab = {"0.4", {"host"}, "tcg", "Some CPU"};
  GateTest good;
  good.title = "01-content#0";
  good.scenario = "01-content";
  good.standing = Standing::holds;
  good.candidate = {{"j1", Verdict::PASS, "", false}};
  good.baseline = {{"j2", Verdict::PASS, "", true}};
  GateTest bad = good;
  bad.title = "02-size#0";
  bad.scenario = "02-size";
  bad.standing = Standing::regression;
  bad.signature = "02-size: size of sizes/one-byte";
  bad.reason = "failed 3 of 3 on the candidate, 0 of 3 on the baseline beside it";
  bad.broken = "a file is longer than before";
  bad.candidate = {{"j3", Verdict::FAIL, "size differs", false}};
  bad.evidence = {{"check size of j3, hop 1", "is 4096, was 1"}};
  bad.reproduce = "luolab run scenarios/contract/02-size.yaml --series SERIES";
  report.tests = {good, bad};
  for (const Standing standing :
       {Standing::flaky, Standing::broken_before, Standing::fixed, Standing::known_issue,
        Standing::not_applicable, Standing::unknown}) {
    GateTest other = good;
    other.standing = standing;
    other.title = fmt::format("other#{}", report.tests.size());
    other.reason = "because";
    report.tests.push_back(other);
  }
  GatePhase slow;
  slow.scenario = "latency";
  slow.phase = "preserve";
  slow.outcome = PhaseOutcome::slower;
  slow.shift = 0.12;
  slow.low = 0.09;
  slow.high = 0.15;
  slow.baseline_median = 0.1;
  slow.candidate_median = 0.112;
  slow.sentence = "preserve is 12.0 % slower (95 %: +9.0 .. +15.0 %, 24 boots of each)";
  report.phases = {slow};
  report.left_out = {{"20-sessions", "needs about 40 s"}};
  report.notes = {"the series is based on another commit"};
  return report;
}

GateReport hostile_report() {
  GateReport report = whole_report();
  const std::string evil =
      std::string("]]><x a=\"'&`$(id)\n# not ok 1 - x\r\n::error::x\t\x1b[31m\x01\xff") +
      std::string(1, '\0') + "```\n" + std::string(300, 'w') + "|\\";
  report.title = report.reason = report.candidate.title = report.suite = report.command = evil;
  report.lab.cpu = report.lab.version = evil;
  report.lab.workers = {evil};
  report.patches = {{evil, evil}};
  for (GateTest& test : report.tests) {
    test.reason = test.summary = test.broken = test.signature = test.scenario = test.reproduce =
        evil;
    test.title += evil;
    test.evidence = {{evil, evil + std::string(50'000, 'z')}};
    for (GateTry& one : test.candidate) one.reason = one.job = evil;
  }
  for (GatePhase& phase : report.phases) phase.sentence = phase.phase = phase.scenario = evil;
  report.left_out = {{evil, evil}};
  report.notes = {evil};
  return report;
}

GateReport build_failure() {
  GateReport report = whole_report();
  report.tests.clear();
  report.phases.clear();
  report.answer = GateAnswer::does_not_apply;
  report.patches.front().trouble = "mm/memfd_luo.c:1: error";
  return report;
}

}  // namespace luolab
