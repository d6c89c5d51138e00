// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "controller/results/results.h"
#include "tests/unit/db/sample_run.h"

namespace luolab {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using enum Verdict;

/// A run whose jobs each cover one promise: 1, 2, 3, ...
RunRecord run_of(const std::vector<Verdict>& verdicts) {
  RunRecord run = sample_run(verdicts);
  for (std::size_t i = 0; i < run.jobs.size(); ++i) {
    run.jobs[i].job.promises = {static_cast<std::uint32_t>(i + 1)};
    run.jobs[i].job.broken = "somebody's data is gone";
    run.jobs[i].job.source = "mm/memfd_luo.c";
  }
  return run;
}

std::string table(const RunRecord& run) {
  return promise_table(run, {.color = false, .width = 120});
}

TEST(PromiseTable, IsNotThereForARunThatNamesNoPromise) {
  EXPECT_THAT(table(sample_run({PASS})), IsEmpty());
}

TEST(PromiseTable, SaysOfEachPromiseWhatCameOfIt) {
  const std::string text = table(run_of({PASS, FAIL, XFAIL, MISS, SKIP}));
  EXPECT_THAT(text, HasSubstr("kept          1  content, byte for byte"));
  EXPECT_THAT(text, HasSubstr("BROKEN        2  size"));
  EXPECT_THAT(text, HasSubstr("known issue   3  holes"));
  EXPECT_THAT(text, HasSubstr("not shown     4  file position"));
  EXPECT_THAT(text, HasSubstr("not shown     5  seals"));
  EXPECT_THAT(text, HasSubstr("1 of 5 promises kept; the contract has 23"));
}

TEST(PromiseTable, TellsWhatABrokenPromiseMeansAndWhereItIsWritten) {
  const std::string text = table(run_of({FAIL}));
  EXPECT_THAT(text, HasSubstr("a user would see: somebody's data is gone"));
  EXPECT_THAT(text, HasSubstr("promised in: mm/memfd_luo.c"));
  EXPECT_THAT(table(run_of({PASS})), Not(HasSubstr("a user would see")));
}

TEST(PromiseTable, TakesTheWorstOfTheJobsThatCoverAPromise) {
  RunRecord run = run_of({PASS, FAIL, XFAIL});
  for (JobRecord& job : run.jobs) job.job.promises = {7};
  const std::string text = table(run);
  EXPECT_THAT(text, HasSubstr("BROKEN        7"));
  EXPECT_THAT(text, HasSubstr("0 of 1 promises kept"));
}

}  // namespace
}  // namespace luolab
