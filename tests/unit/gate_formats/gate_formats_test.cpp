// SPDX-License-Identifier: Apache-2.0
#include "controller/gate_formats/gate_formats.h"

#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <map>
#include <sstream>

#include <boost/json.hpp>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "controller/gate_formats/reproduce_script.h"
#include "controller/results/safe_text.h"
#include "core/base/file.h"
#include "tests/unit/db/sample_run.h"

namespace luolab {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

/// What a command says, and its exit code.
struct Said {
  std::string text;
  int code = 0;
};

Said run(const std::string& command) {
  Said said;
  FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
  std::array<char, 4096> piece{};
  while (const std::size_t size = std::fread(piece.data(), 1, piece.size(), pipe))
    said.text.append(piece.data(), size);
  said.code = WEXITSTATUS(::pclose(pipe));
  return said;
}

/// Without the characters that a backslash makes mean themselves.
std::string unescaped(const std::string& line) {
  std::string rest;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '\\') {
      ++i;
    } else {
      rest += line[i];
    }
  }
  return rest;
}

/// Everything that can be said of a gate, in friendly words.
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

/// The same where every text comes from a stranger.
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

class GateFormatsTest : public testing::TestWithParam<GateReport (*)()> {
 protected:
  fs::path file(const std::string& name, const std::string& text) {
    write_file_atomically(folder_.path() / name, text);
    return folder_.path() / name;
  }
  const GateReport report_ = GetParam()();
  TempDir folder_{fs::temp_directory_path()};
};

INSTANTIATE_TEST_SUITE_P(Reports, GateFormatsTest,
                         testing::Values(whole_report, hostile_report, build_failure));

TEST_P(GateFormatsTest, JUnitFitsItsSchema) {
  const fs::path xml = file("junit.xml", gate_junit(report_));
  const Said said = run("xmllint --noout --schema " LUOLAB_SOURCE_DIR "/tests/contract/junit.xsd " +
                        xml.string());
  EXPECT_EQ(said.code, 0) << said.text << "\nis xmllint missing? apt-get install libxml2-utils";
}

TEST_P(GateFormatsTest, KcidbFitsItsSchema) {
  const fs::path json = file("kcidb.json", gate_kcidb(report_, "luolab"));
  const Said said =
      run("python3 " LUOLAB_SOURCE_DIR "/tests/contract/kcidb_check.py " + json.string());
  EXPECT_EQ(said.code, 0) << said.text << "\nis it missing? apt-get install python3-jsonschema";
  EXPECT_EQ(gate_kcidb(report_, "luolab").find("null"), std::string::npos);
}

TEST_P(GateFormatsTest, KtapHasOneResultForEachPlannedTest) {
  std::istringstream lines(gate_ktap(report_));
  std::map<std::size_t, int> planned;
  std::map<std::size_t, int> seen;
  for (std::string line; std::getline(lines, line);) {
    const std::size_t depth = line.find_first_not_of(' ');
    ASSERT_NE(depth, std::string::npos);
    const std::string content = line.substr(depth);
    if (content.starts_with("1..")) {
      EXPECT_EQ(planned[depth], seen[depth]);
      planned[depth] += std::stoi(content.substr(3));
    }
    if (content.starts_with("ok ") || content.starts_with("not ok ")) ++seen[depth];
  }
  EXPECT_EQ(planned, seen);
}

TEST_P(GateFormatsTest, AMailHasAtMost76Columns) {
  const std::string mail = gate_mail(report_);
  std::istringstream lines(mail);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(text_width(line), 76U) << line;
  EXPECT_EQ(mail, valid_utf8(mail));
  EXPECT_EQ(mail.find('\x1b'), std::string::npos);
}

TEST_P(GateFormatsTest, GitHubsCommandsKeepToTheirLines) {
  std::istringstream lines(gate_github(report_));
  for (std::string line; std::getline(lines, line);)
    EXPECT_TRUE(line.starts_with("::error title=") || line.starts_with("::warning title=") ||
                line.starts_with("::notice title="))
        << line;
}

TEST_P(GateFormatsTest, PatchworksCheckIsShortJson) {
  const auto check = boost::json::parse(gate_patchwork(report_, "https://lab.example/g5"));
  EXPECT_EQ(check.at("state").as_string(), "fail");
  EXPECT_EQ(check.at("context").as_string(), "luolab");
  EXPECT_LE(text_width(std::string(check.at("description").as_string())), 255U);
}

TEST_P(GateFormatsTest, JsonIsValidAndReadBack) {
  const std::string json = gate_json(report_);
  EXPECT_EQ(json, valid_utf8(json));
  const auto again = read_gate_json(json);
  ASSERT_TRUE(again);
  EXPECT_EQ(gate_json(*again), json);
}

TEST_P(GateFormatsTest, MarkdownLeavesNothingToBeTakenForMarkup) {
  const std::string markdown = gate_markdown(report_);
  EXPECT_EQ(markdown, valid_utf8(markdown));
  bool in_block = false;
  std::string fence;
  std::istringstream lines(markdown);
  for (std::string line; std::getline(lines, line);) {
    if (!in_block && line.starts_with("```")) {
      fence = line.substr(0, line.find('t'));
      in_block = true;
    } else if (in_block) {
      in_block = line != fence;
    } else {
      EXPECT_EQ(unescaped(line).find('<'), std::string::npos) << line;
    }
  }
  EXPECT_FALSE(in_block);
}

TEST(GateFormats, TheSummarySaysWhatFailedAndWhereMoreIs) {
  const std::string text = gate_summary(whole_report(), {});
  EXPECT_THAT(text, HasSubstr("must not go in"));
  EXPECT_THAT(text, HasSubstr("what failed: 02-size: size of sizes/one-byte"));
  EXPECT_THAT(text, HasSubstr("preserve is 12.0 % slower"));
  EXPECT_THAT(text, HasSubstr("luolab show g5"));
  EXPECT_THAT(text, Not(HasSubstr("01-content#0")));
}

TEST(GateFormats, WhatIsNoReportIsRefused) {
  EXPECT_FALSE(read_gate_json("{").has_value());
  EXPECT_FALSE(read_gate_json(R"({"schema": "luolab.run/v1"})").has_value());
}

TEST(GateFormats, ARunBecomesKcidbToo) {
  TempDir folder(fs::temp_directory_path());
  const fs::path file = folder.path() / "run.json";
  write_file_atomically(
      file, run_kcidb(sample_run({Verdict::PASS, Verdict::FAIL, Verdict::XFAIL}), "luolab"));
  const Said said =
      run("python3 " LUOLAB_SOURCE_DIR "/tests/contract/kcidb_check.py " + file.string());
  EXPECT_EQ(said.code, 0) << said.text;
}

/// Runs the script with a luolab that shows what it was given.
TEST(ReproduceScript, CarriesEverythingAndEndsAsLuolabDoes) {
  Job job;
  job.scenario = "x";
  job.point = {{"size", "1MiB; touch evil"}, {"kernel", "candidate"}};
  const std::string yaml = "name: it's \"$x\" `id`\nEND\n";
  const std::string script = reproduce_script(job, yaml, "linux-7.3",
                                              {{"mine", {{"a/../b.patch", "--- a\n+++ b $(id)"}}}});
  TempDir folder(fs::temp_directory_path());
  write_file_atomically(folder.path() / "reproduce.sh", script);
  write_file_atomically(
      folder.path() / "fake",
      "#!/bin/sh\nprintf '%s\\n' \"$@\" | sed 's,/tmp/[^/]*,F,g'\ncat \"$2\" \"$4\"\nexit 7\n");
  const Said said =
      run("cd " + folder.path().string() + " && chmod +x fake && LUOLAB=./fake sh reproduce.sh");
  EXPECT_EQ(said.code, 7) << said.text;
  EXPECT_THAT(said.text, HasSubstr("run\n"));
  EXPECT_THAT(said.text, HasSubstr("--base\nlinux-7.3\n--set\nsize=1MiB; touch evil\n"));
  EXPECT_THAT(said.text, HasSubstr(yaml));
  EXPECT_THAT(said.text, HasSubstr("+++ b $(id)\n"));
  EXPECT_FALSE(fs::exists(folder.path() / "evil"));
}

}  // namespace
}  // namespace luolab
