// SPDX-License-Identifier: Apache-2.0
#include "db/log_fold.h"

#include <gtest/gtest.h>

#include "core/base/file.h"
#include "db/store.h"
#include "tests/unit/db/sample_run.h"

namespace luolab {
namespace {

class LogFoldTest : public testing::Test {
 protected:
  void write() { store_.create_run({"title", "yaml: text\n", "somebody", ""}, {{sample_job(0)}}); }

  TempDir folder_{std::filesystem::temp_directory_path()};
  Store store_ = Store::open(store_file(folder_.path())).value();
  LogFold log_{store_.file()};
};

TEST_F(LogFoldTest, BringsWhatWasWrittenIntoTheFile) {
  log_.fold();
  write();
  const FoldedLog after = log_.fold();
  EXPECT_GT(after.logged, 0);
  EXPECT_EQ(after.folded, after.logged);
  EXPECT_EQ(store_.list_runs(10).size(), 1U);
}

TEST_F(LogFoldTest, LeavesWhatAReaderStillNeedsForLater) {
  Database other(store_.file());
  Statement seen = other.prepare("SELECT count(*) FROM runs");
  seen.start();
  ASSERT_TRUE(seen.step());
  write();
  const FoldedLog held = log_.fold();
  EXPECT_LT(held.folded, held.logged);
  EXPECT_EQ(seen.integer(0), 0);
  EXPECT_FALSE(seen.step());
  const FoldedLog freed = log_.fold();
  EXPECT_EQ(freed.folded, freed.logged);
}

TEST_F(LogFoldTest, DoesNotWaitForAWriter) {
  write();
  Database other(store_.file());
  Transaction writing(other);
  const FoldedLog folded = log_.fold();
  EXPECT_EQ(folded.folded, folded.logged);
}

}  // namespace
}  // namespace luolab
