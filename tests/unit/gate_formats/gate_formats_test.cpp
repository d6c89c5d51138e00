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
#include "tests/unit/gate_formats/sample_gate.h"

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
