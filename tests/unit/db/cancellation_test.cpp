// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "core/protocol/json.h"
#include "tests/unit/db/sample_run.h"
#include "tests/unit/db/service_store.h"

namespace luolab {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

class CancellationTest : public ServiceStore {
 protected:
  NewRun revision(std::int64_t number) const {
    NewRun run{"t", "", "", ""};
    run.series_key = "series";
    run.revision = number;
    return run;
  }
};

TEST_F(CancellationTest, OfARunEndsItAndNamesTheAttemptsThatRan) {
  const Submitted given = submit(3);
  finish(given.jobs[0]);
  const AttemptId attempt = lease(given.jobs[1], "w7");
  const Cancellation canceled = store_.cancel_run(given.run, "not needed");
  EXPECT_THAT(canceled.jobs, testing::UnorderedElementsAre(given.jobs[1], given.jobs[2]));
  ASSERT_EQ(canceled.attempts.size(), 1U);
  EXPECT_EQ(canceled.attempts[0].attempt, attempt);
  EXPECT_EQ(canceled.attempts[0].worker, "w7");
  EXPECT_THAT(canceled.runs, ElementsAre(given.run));
  EXPECT_EQ(run(given.run).state, RunState::done);
  EXPECT_EQ(job(given.jobs[2]).state, JobState::canceled);
  EXPECT_EQ(job(given.jobs[0]).verdict, Verdict::PASS);
  EXPECT_THAT(store_.cancel_run(given.run, "again").jobs, IsEmpty());
}

TEST_F(CancellationTest, GoesInStepsWhereThereAreManyJobs) {
  const Submitted given = submit(5);
  std::size_t jobs = 0;
  int calls = 0;
  for (bool more = true; more; ++calls) {
    const Cancellation canceled = store_.cancel_run(given.run, "not needed", 2);
    jobs += canceled.jobs.size();
    more = canceled.more;
  }
  EXPECT_EQ(jobs, 5U);
  EXPECT_EQ(calls, 3);
  EXPECT_EQ(run(given.run).state, RunState::done);
}

TEST_F(CancellationTest, OfTheLastOpenJobEndsTheRun) {
  const Submitted given = submit(2);
  finish(given.jobs[0]);
  EXPECT_THAT(store_.stop_job(given.jobs[1], "no").runs, ElementsAre(given.run));
  EXPECT_THAT(store_.stop_job(given.jobs[1], "no").jobs, IsEmpty());
  EXPECT_THAT(store_.stop_job(given.jobs[0], "no").jobs, IsEmpty());
}

TEST_F(CancellationTest, KeepsTheReportOfWhatRanAsEvidenceOnce) {
  const Submitted given = submit(1);
  const AttemptId attempt = lease(given.jobs[0]);
  store_.cancel_run(given.run, "not needed");
  EXPECT_EQ(report(attempt, Verdict::FAIL).outcome, AttemptOutcome::kept);
  EXPECT_EQ(report(attempt, Verdict::PASS).outcome, AttemptOutcome::taken_before);
  EXPECT_EQ(job(given.jobs[0]).state, JobState::canceled);
  EXPECT_EQ(job(given.jobs[0]).verdict, Verdict::MISS);
  const AttemptRecord kept = store_.attempt(attempt).value();
  EXPECT_EQ(kept.summary.state, AttemptState::canceled);
  ASSERT_TRUE(kept.report);
  EXPECT_EQ(kept.report->checks.size(), sample_report().checks.size());
}

TEST_F(CancellationTest, OfOlderRevisionsLeavesTheNewerAndOtherSeriesAlone) {
  const Submitted first = submit(1, revision(1));
  const Submitted second = submit(1, revision(2));
  const Submitted other = submit(1);
  const Submitted third = submit(1, revision(3));
  const Cancellation canceled = store_.supersede("series", 3, third.run);
  EXPECT_THAT(canceled.runs, ElementsAre(first.run, second.run));
  EXPECT_EQ(run(first.run).superseded_by, third.run);
  EXPECT_EQ(run(third.run).state, RunState::running);
  EXPECT_EQ(run(other.run).state, RunState::running);
  EXPECT_THAT(events_after(0), Contains("run.superseded"));
}

TEST_F(CancellationTest, OfOlderRevisionsGoesInStepsToo) {
  submit(3, revision(1));
  submit(3, revision(2));
  const Submitted newest = submit(1, revision(3));
  std::size_t jobs = 0;
  for (bool more = true; more;) {
    const Cancellation canceled = store_.supersede("series", 3, newest.run, 2);
    ASSERT_FALSE(canceled.jobs.empty());
    jobs += canceled.jobs.size();
    more = canceled.more;
  }
  EXPECT_EQ(jobs, 6U);
}

}  // namespace
}  // namespace luolab
