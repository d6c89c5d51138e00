// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "core/protocol/json.h"
#include "tests/unit/db/sample_run.h"
#include "tests/unit/db/service_store.h"

namespace luolab {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class LeaseTest : public ServiceStore {
 protected:
  const Submitted run_ = submit(2);
  const JobId job_ = run_.jobs[0];
};

TEST_F(LeaseTest, GivesTheWholeJobAndAFencingToken) {
  const auto leased = store_.lease(job_, "w1", "i1");
  ASSERT_TRUE(leased);
  EXPECT_EQ(leased->number, 1U);
  EXPECT_EQ(leased->run, run_.run);
  EXPECT_EQ(to_json(from_json<Job>(leased->job_json).value()), to_json(sample_job(0)));
  EXPECT_EQ(job(job_).state, JobState::running);
  EXPECT_EQ(job(job_).worker, "w1");
  EXPECT_EQ(job(job_).attempts, 1U);
}

TEST_F(LeaseTest, GivesNothingThatDoesNotWait) {
  lease(job_);
  EXPECT_FALSE(store_.lease(job_, "w2", "i"));
  EXPECT_FALSE(store_.lease(JobId{99}, "w2", "i"));
  EXPECT_EQ(job(job_).worker, "w1");
}

TEST_F(LeaseTest, AReportEndsTheJob) {
  const AttemptEnd end = finish(job_, Verdict::FAIL);
  EXPECT_EQ(end.outcome, AttemptOutcome::taken);
  EXPECT_EQ(end.run, run_.run);
  EXPECT_EQ(end.job, job_);
  EXPECT_FALSE(end.run_done);
  EXPECT_EQ(job(job_).verdict, Verdict::FAIL);
  EXPECT_TRUE(job(job_).ended);
  EXPECT_EQ(run(run_.run).verdicts, (std::map<Verdict, std::size_t>{{Verdict::FAIL, 1}}));
}

TEST_F(LeaseTest, TheLastJobEndsTheRun) {
  finish(job_);
  const auto kinds = events_of([&] { EXPECT_TRUE(finish(run_.jobs[1]).run_done); });
  EXPECT_THAT(kinds, ElementsAre("job.started", "job.done", "run.done"));
  EXPECT_EQ(run(run_.run).state, RunState::done);
  EXPECT_TRUE(run(run_.run).finished);
}

TEST_F(LeaseTest, AJobIsQueuedAnewWhereItsFateSaysSo) {
  const TimePoint before = *job(job_).queued;
  const AttemptId attempt = lease(job_, "w1");
  const auto kinds = events_of([&] {
    const AttemptEnd end = store_.finish_attempt(attempt, sample_report(Verdict::MISS),
                                                 {true, Verdict::MISS, "the lab broke"});
    EXPECT_EQ(end.outcome, AttemptOutcome::taken);
    EXPECT_GT(end.queued, before);
    EXPECT_EQ(end.queued, job(job_).queued);
  });
  EXPECT_THAT(kinds, ElementsAre("job.requeued"));
  EXPECT_EQ(job(job_).state, JobState::queued);
  EXPECT_EQ(job(job_).verdict, std::nullopt);
  EXPECT_THAT(run(run_.run).verdicts, IsEmpty());
  EXPECT_EQ(store_.queued_job(job_)->tried, std::vector<std::string>{"w1"});
  EXPECT_EQ(store_.lease(job_, "w2", "i")->number, 2U);
}

TEST_F(LeaseTest, AReportThatIsRepeatedChangesNothing) {
  const AttemptId attempt = lease(job_);
  report(attempt, Verdict::PASS);
  const auto kinds = events_of(
      [&] { EXPECT_EQ(report(attempt, Verdict::FAIL).outcome, AttemptOutcome::taken_before); });
  EXPECT_THAT(kinds, IsEmpty());
  EXPECT_EQ(job(job_).verdict, Verdict::PASS);
}

TEST_F(LeaseTest, AReportThatIsRepeatedAfterTheJobWasQueuedAnewChangesNothing) {
  const AttemptId attempt = lease(job_);
  const JobFate again{true, Verdict::FAIL, "to be confirmed"};
  store_.finish_attempt(attempt, sample_report(Verdict::FAIL), again);
  const AttemptId second = lease(job_);
  EXPECT_EQ(store_.finish_attempt(attempt, sample_report(Verdict::FAIL), again).outcome,
            AttemptOutcome::taken_before);
  EXPECT_EQ(job(job_).state, JobState::running);
  EXPECT_EQ(report(second).outcome, AttemptOutcome::taken);
}

TEST_F(LeaseTest, AReportOfALostAttemptIsStale) {
  const AttemptId attempt = lease(job_);
  const JobFate again{true, Verdict::MISS, "worker gone"};
  EXPECT_EQ(store_.lose_attempt(attempt, "no heartbeat", again).outcome, AttemptOutcome::taken);
  EXPECT_EQ(report(attempt).outcome, AttemptOutcome::stale);
  EXPECT_EQ(job(job_).state, JobState::queued);
  EXPECT_EQ(store_.lose_attempt(attempt, "no heartbeat", again).outcome, AttemptOutcome::stale);
  EXPECT_EQ(report(AttemptId{99}).outcome, AttemptOutcome::stale);
}

TEST_F(LeaseTest, ALostAttemptCanEndTheJob) {
  finish(run_.jobs[1]);
  const AttemptId attempt = lease(job_);
  const auto kinds = events_of([&] {
    EXPECT_TRUE(store_.lose_attempt(attempt, "no heartbeat", {false, Verdict::MISS, "three times"})
                    .run_done);
  });
  EXPECT_THAT(kinds, ElementsAre("job.lost", "run.done"));
  EXPECT_EQ(job(job_).reason, "three times");
  EXPECT_EQ(store_.attempts_of(job_).at(0).reason, "no heartbeat");
}

TEST_F(LeaseTest, TheWorkerIsTheLeasesWhateverTheReportSays) {
  finish(job_, Verdict::PASS, "rack-1");
  EXPECT_EQ(store_.job(job_).value().report->worker, "rack-1");
}

TEST_F(LeaseTest, AttemptsOfAJobComeInTheirOrder) {
  store_.finish_attempt(lease(job_, "a"), sample_report(Verdict::FAIL),
                        {true, Verdict::FAIL, "confirm"});
  store_.lose_attempt(lease(job_, "b"), "gone", {true, Verdict::MISS, "again"});
  lease(job_, "c");
  const auto attempts = store_.attempts_of(job_);
  ASSERT_EQ(attempts.size(), 3U);
  EXPECT_EQ(attempts[0].verdict, Verdict::FAIL);
  EXPECT_EQ(attempts[0].start, StartPoint::prepared);
  EXPECT_EQ(attempts[1].state, AttemptState::lost);
  EXPECT_EQ(attempts[1].worker, "b");
  EXPECT_EQ(attempts[2].state, AttemptState::running);
  EXPECT_EQ(attempts[2].number, 3U);
}

TEST_F(LeaseTest, AJobThatWaitedTooLongEndsWithMiss) {
  finish(run_.jobs[1]);
  const auto kinds =
      events_of([&] { EXPECT_TRUE(store_.expire_job(job_, "no worker within 1h").run_done); });
  EXPECT_THAT(kinds, ElementsAre("job.expired", "run.done"));
  EXPECT_EQ(job(job_).verdict, Verdict::MISS);
  EXPECT_EQ(job(job_).reason, "no worker within 1h");
  EXPECT_EQ(store_.expire_job(job_, "again").outcome, AttemptOutcome::stale);
}

TEST_F(LeaseTest, ARunningJobDoesNotExpire) {
  lease(job_);
  EXPECT_EQ(store_.expire_job(job_, "late").outcome, AttemptOutcome::stale);
  EXPECT_EQ(job(job_).state, JobState::running);
}

TEST_F(LeaseTest, TheCountsOfARunFollowItsJobs) {
  EXPECT_EQ(run(run_.run).queued, 2U);
  const AttemptId attempt = lease(job_);
  EXPECT_EQ(run(run_.run).queued, 1U);
  EXPECT_EQ(run(run_.run).running, 1U);
  report(attempt);
  EXPECT_EQ(run(run_.run).running, 0U);
}

}  // namespace
}  // namespace luolab
