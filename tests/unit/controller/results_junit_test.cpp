// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "controller/results/results.h"
#include "core/base/file.h"
#include "tests/unit/db/sample_run.h"

namespace luolab {
namespace {

using testing::HasSubstr;
using testing::Not;
using enum Verdict;

/// What Python's parser, which comes with every Debian, says about the document: 0 is well-formed.
int parse_status(const std::string& xml) {
  const TempDir folder(std::filesystem::temp_directory_path());
  const auto file = folder.path() / "junit.xml";
  write_file_atomically(file, xml);
  const std::string command =
      "python3 -c 'import sys, xml.etree.ElementTree as e; e.parse(sys.argv[1])' " + file.string();
  return ::system(command.c_str());
}

constexpr const char* kInstall = "is python3 missing? apt-get install python3";

TEST(ResultsJunit, TellsKernelFromLab) {
  const std::string xml = results_junit(sample_run({PASS, FAIL, ERROR, MISS, SKIP, DONE}));
  EXPECT_THAT(xml, HasSubstr(R"(tests="6" failures="1" errors="2" skipped="1" time="48.600")"));
  EXPECT_THAT(xml, HasSubstr(R"(<failure type="kernel" message="vm-0/ram differs">)"));
  EXPECT_THAT(xml, HasSubstr(R"(<error type="lab" message="vm-0/ram differs">)"));
  EXPECT_THAT(xml, HasSubstr(R"(<skipped message="vm-0/ram differs"/>)"));
  EXPECT_EQ(parse_status(xml), 0) << kInstall;
}

TEST(ResultsJunit, HoldsTheEvidenceOfAFail) {
  const std::string xml = results_junit(sample_run({FAIL}));
  EXPECT_THAT(xml, HasSubstr("FAIL: hop 1: content vm-0/ram: expected 00ff, got 00fe"));
  EXPECT_THAT(xml, HasSubstr("WARNING: at mm/memfd_luo.c:1"));
}

TEST(ResultsJunit, HasASuitePerScenario) {
  RunRecord run = sample_run({PASS, FAIL});
  run.jobs[1].job.scenario = "other";
  const std::string xml = results_junit(run);
  EXPECT_THAT(xml,
              HasSubstr(R"(<testsuite name="sample" timestamp="2026-02-02T02:40:00" tests="1")"));
  EXPECT_THAT(xml, HasSubstr(R"(<testsuite name="other")"));
}

TEST(ResultsJunit, IsWellFormedWhateverTheKernelPrinted) {
  RunRecord run = sample_run({FAIL});
  run.title = "<\"&'>";
  run.jobs[0].title = "a\nb\x01<";
  run.jobs[0].reason = "]]> \xff \xef\xbf\xbf \x1b[31m";
  run.jobs[0].report->findings[0].excerpt = std::string("<!-- \0 -- \x0b \xc2\x85", 13);
  const std::string xml = results_junit(run);
  EXPECT_THAT(xml, Not(HasSubstr("\x1b")));
  EXPECT_EQ(parse_status(xml), 0) << kInstall << '\n' << xml;
}

TEST(ResultsJunit, IsWellFormedWithoutJobs) {
  EXPECT_EQ(parse_status(results_junit(sample_run({}))), 0) << kInstall;
}

TEST(ResultsJunit, ShowsAKnownIssueAsSkippedWithItsName) {
  const std::string xml = results_junit(sample_run({XFAIL}));
  EXPECT_THAT(xml, HasSubstr("<skipped message=\"known issue: "));
  EXPECT_THAT(xml, HasSubstr("skipped=\"1\""));
}

}  // namespace
}  // namespace luolab
