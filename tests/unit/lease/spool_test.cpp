// SPDX-License-Identifier: Apache-2.0
#include "worker/lease/spool.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace luolab {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class SpoolTest : public testing::Test {
 protected:
  void reopen() {
    spool_.reset();
    spool_.emplace(Spool::open(dir_.path() / "spool").value());
  }
  void SetUp() override { reopen(); }
  static LeaseGrant grant(std::int64_t attempt) {
    LeaseGrant made;
    made.attempt = attempt;
    made.job_id = 40 + attempt;
    return made;
  }
  fs::path file(std::string_view content) {
    const fs::path path = dir_.path() / "evidence.txt";
    write_scratch_file(path, content);
    return path;
  }
  TempDir dir_{fs::temp_directory_path()};
  std::optional<Spool> spool_;
};

TEST_F(SpoolTest, WhatHasEndedIsFoundByTheNextProcess) {
  spool_->begin(grant(1));
  AttemptReport report;
  report.verdict = Verdict::FAIL;
  report.artifacts.push_back(spool_->keep(1, file("proof"), "proof.txt"));
  spool_->finish(1, report);
  reopen();
  ASSERT_THAT(spool_->finished(), ElementsAre(1));
  const auto spooled = spool_->load(1);
  ASSERT_TRUE(spooled);
  EXPECT_EQ(spooled->job_id, 41);
  EXPECT_EQ(spooled->report.verdict, Verdict::FAIL);
  ASSERT_EQ(spooled->report.artifacts.size(), 1U);
  EXPECT_EQ(*read_file(spooled->report.artifacts[0].path), "proof");
}

TEST_F(SpoolTest, WhatHadNotEndedBecomesAMiss) {
  spool_->begin(grant(1));
  reopen();
  ASSERT_THAT(spool_->finished(), ElementsAre(1));
  EXPECT_EQ(spool_->load(1)->report.verdict, Verdict::MISS);
  EXPECT_THAT(spool_->load(1)->report.reason, HasSubstr("died while this ran"));
}

TEST_F(SpoolTest, AnEntryWithoutAGrantWasNeverBegun) {
  fs::create_directories(dir_.path() / "spool/7/evidence");
  write_scratch_file(dir_.path() / "spool/7/grant.json.a1b2c3", "{\"half");
  reopen();
  EXPECT_THAT(spool_->finished(), IsEmpty());
  EXPECT_FALSE(fs::exists(dir_.path() / "spool/7"));
}

TEST_F(SpoolTest, AReportThatIsNotWholeCountsAsNone) {
  spool_->begin(grant(1));
  write_scratch_file(dir_.path() / "spool/1/report.json", "{\"verdict\":");
  reopen();
  EXPECT_EQ(spool_->load(1)->report.verdict, Verdict::MISS);
}

TEST_F(SpoolTest, AHalfRemovedEntryIsRemovedWholly) {
  fs::create_directories(dir_.path() / "spool/.removed-3/evidence");
  reopen();
  EXPECT_FALSE(fs::exists(dir_.path() / "spool/.removed-3"));
}

TEST_F(SpoolTest, TheOldestComesFirstByNumberNotByName) {
  for (const std::int64_t attempt : {10, 9, 2}) {
    spool_->begin(grant(attempt));
    spool_->finish(attempt, {});
  }
  EXPECT_THAT(spool_->finished(), ElementsAre(2, 9, 10));
}

TEST_F(SpoolTest, ASharedConsoleGrowsOnInTheSpoolAndOutlivesItsFile) {
  spool_->begin(grant(1));
  const fs::path console = file("one\n");
  spool_->share_console(1, console);
  std::ofstream(console, std::ios::app) << "two\n";
  fs::remove(console);
  reopen();
  const auto spooled = spool_->load(1);
  ASSERT_FALSE(spooled->console.empty());
  EXPECT_EQ(*read_file(spooled->console), "one\ntwo\n");
}

TEST_F(SpoolTest, EvidenceThatIsGoneDoesNotHoldTheReportBack) {
  spool_->begin(grant(1));
  AttemptReport report;
  report.artifacts.push_back(spool_->keep(1, file("proof"), "proof.txt"));
  spool_->finish(1, report);
  fs::remove(report.artifacts[0].path);
  EXPECT_THAT(spool_->load(1)->report.artifacts, IsEmpty());
}

TEST_F(SpoolTest, ASecondWorkerOfTheSameNameIsRefusedWithARemedy) {
  const auto second = Spool::open(dir_.path() / "spool");
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error().what, HasSubstr("--name"));
}

TEST_F(SpoolTest, RemovingTwiceIsNoError) {
  spool_->begin(grant(1));
  spool_->remove(1);
  spool_->remove(1);
  EXPECT_THAT(spool_->finished(), IsEmpty());
}

}  // namespace
}  // namespace luolab
