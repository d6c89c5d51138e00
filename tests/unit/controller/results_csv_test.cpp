// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "controller/results/results.h"
#include "tests/unit/db/sample_run.h"

namespace luolab {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

TEST(ResultsCsv, HasALinePerPhaseBelowItsHeading) {
  const std::string csv = results_csv(sample_run({Verdict::PASS, Verdict::FAIL}));
  EXPECT_THAT(csv, StartsWith("run,job,title,scenario,"));
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 1 + 2 * 4);
  EXPECT_THAT(csv, HasSubstr("17,j34,sample#0,sample,0,PASS,bench,tcg,0,7.2.12,blackout,,"
                             "2100000000,3520000000,1420000000,6,10\n"));
}

TEST(ResultsCsv, LeavesStampsEmptyThatTheGuestDidNotTake) {
  EXPECT_THAT(results_csv(sample_run({Verdict::PASS})),
              HasSubstr(",boot,,0,2000000000,2000000000,,\n"));
}

TEST(ResultsCsv, QuotesCommasAndQuotes) {
  RunRecord run = sample_run({Verdict::PASS});
  run.jobs[0].title = "a[x=1,y=\"2\"]\n#0";
  EXPECT_THAT(results_csv(run), HasSubstr(",\"a[x=1,y=\"\"2\"\"] #0\","));
}

TEST(ResultsCsv, HasOnlyItsHeadingWhereNothingRan) {
  const std::string csv = results_csv(sample_run({}));
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 1);
}

}  // namespace
}  // namespace luolab
