// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "tests/unit/db/sample_run.h"
#include "tests/unit/db/service_store.h"

namespace luolab {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class RetryTest : public ServiceStore {
 protected:
  /// A run that has ended: PASS, FAIL, MISS, SKIP.
  RetryTest() {
    finish(run_.jobs[0], Verdict::PASS);
    finish(run_.jobs[1], Verdict::FAIL);
    finish(run_.jobs[2], Verdict::MISS);
    finish(run_.jobs[3], Verdict::SKIP);
  }
  static std::vector<JobId> ids(const std::vector<QueuedJob>& jobs) {
    std::vector<JobId> list;
    for (const QueuedJob& job : jobs) list.push_back(job.id);
    return list;
  }
  const Submitted run_ = submit(4);
};

TEST_F(RetryTest, OfAJobLetsItsRunRunAgain) {
  ASSERT_EQ(run(run_.run).state, RunState::done);
  const auto kinds = events_of([&] {
    const auto queued = store_.retry_job(run_.jobs[1]);
    ASSERT_TRUE(queued);
    EXPECT_EQ(queued->id, run_.jobs[1]);
    EXPECT_EQ(queued->needs.tags, std::vector<std::string>{"big"});
  });
  EXPECT_THAT(kinds, ElementsAre("run.reopened", "job.retried"));
  EXPECT_EQ(run(run_.run).state, RunState::running);
  EXPECT_EQ(run(run_.run).verdicts.count(Verdict::FAIL), 0U);
  EXPECT_TRUE(finish(run_.jobs[1], Verdict::PASS).run_done);
  EXPECT_EQ(run(run_.run).verdicts.at(Verdict::PASS), 2U);
}

TEST_F(RetryTest, IsNotForWhatHasNotEnded) {
  store_.retry_job(run_.jobs[1]);
  EXPECT_FALSE(store_.retry_job(run_.jobs[1]));
  EXPECT_FALSE(store_.retry_job(JobId{99}));
}

TEST_F(RetryTest, IsNotForTheRunOfAProcess) {
  const CreatedRun local = store_.create_run({"t", "", "", ""}, std::vector<Job>{sample_job()});
  store_.finish_run(local.id);
  EXPECT_FALSE(store_.retry_job(local.jobs[0]));
  EXPECT_THAT(store_.retry_run(local.id, {}), IsEmpty());
}

TEST_F(RetryTest, OfARunTakesWhatMightComeOutOtherwise) {
  EXPECT_THAT(ids(store_.retry_run(run_.run, {})), ElementsAre(run_.jobs[1], run_.jobs[2]));
  EXPECT_EQ(run(run_.run).queued, 2U);
}

TEST_F(RetryTest, OfARunTakesTheVerdictsThatAreNamed) {
  EXPECT_THAT(ids(store_.retry_run(run_.run, {Verdict::PASS, Verdict::SKIP})),
              ElementsAre(run_.jobs[0], run_.jobs[3]));
  EXPECT_THAT(store_.retry_run(run_.run, {Verdict::XFAIL}), IsEmpty());
}

}  // namespace
}  // namespace luolab
