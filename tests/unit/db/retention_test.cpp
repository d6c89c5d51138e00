// SPDX-License-Identifier: Apache-2.0
#include "db/retention.h"

#include <gmock/gmock.h>

#include "db/artifact_store.h"
#include "tests/unit/db/sample_run.h"
#include "tests/unit/db/service_store.h"

namespace luolab {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::string kLog(64, 'a');  // the file of every sample report

class RetentionTest : public ServiceStore {
 protected:
  RunId finished(Verdict verdict = Verdict::PASS) {
    const Submitted run = submit(2);
    for (const JobId job : run.jobs) finish(job, verdict);
    return run.run;
  }
  std::vector<RunId> expired() const {
    std::vector<RunId> runs;
    for (const ExpiredRun& run : store_.expired_runs(TimePoint::max(), 10)) runs.push_back(run.id);
    return runs;
  }
};

TEST_F(RetentionTest, NamesOnlyWhatHasEndedIsNotPinnedAndHasNoFail) {
  const RunId passed = finished();
  const RunId pinned = finished();
  finished(Verdict::FAIL);
  submit(1);
  EXPECT_TRUE(store_.pin_run(pinned, true));
  EXPECT_THAT(expired(), ElementsAre(passed));
  EXPECT_TRUE(store_.pin_run(pinned, false));
  EXPECT_THAT(expired(), ElementsAre(passed, pinned));
  EXPECT_FALSE(store_.pin_run(RunId{99}, true));
}

TEST_F(RetentionTest, NamesNothingThatEndedLater) {
  const RunId run = finished();
  const TimePoint end = this->run(run).finished.value();
  EXPECT_THAT(store_.expired_runs(end, 10), IsEmpty());
  const auto runs = store_.expired_runs(end + std::chrono::nanoseconds{1}, 10);
  ASSERT_EQ(runs.size(), 1U);
  EXPECT_EQ(runs[0].jobs, 2U);
  EXPECT_TRUE(runs[0].artifacts);
}

TEST_F(RetentionTest, TakesAFileOnlyWhenNoOtherRunHasIt) {
  const RunId first = finished();
  const RunId second = finished();
  EXPECT_THAT(store_.forget_artifacts(first).digests, IsEmpty());
  EXPECT_TRUE(store_.names_artifact(kLog));
  EXPECT_THAT(store_.forget_artifacts(second).digests, ElementsAre(kLog));
  EXPECT_FALSE(store_.names_artifact(kLog));
  EXPECT_TRUE(store_.artifact_uses(kLog, 10).at(0).expired);
  EXPECT_FALSE(store_.expired_runs(TimePoint::max(), 10).at(0).artifacts);
}

TEST_F(RetentionTest, TakesARunOutWithAllThatBelongsToIt) {
  const RunId run = finished();
  const Submitted other = submit(1);
  finish(other.jobs[0], Verdict::FAIL);
  store_.forget_artifacts(run);
  int calls = 1;
  while (store_.forget_run(run, 1)) ++calls;
  EXPECT_GE(calls, 2);
  EXPECT_FALSE(store_.run_head(run));
  EXPECT_EQ(store_.jobs({}).size(), 1U);
  EXPECT_EQ(store_.attempts({}).size(), 1U);
  EXPECT_THAT(store_.events({.run = run}), IsEmpty());
  EXPECT_EQ(store_.job(other.jobs[0]).value().report->phases.size(), 4U);
  EXPECT_EQ(store_.builds(1).at(0).attempts, 1U);
  EXPECT_EQ(sql_number("SELECT count(*) FROM search_jobs"), 1);
  EXPECT_EQ(sql_number("SELECT count(*) FROM pragma_foreign_key_check"), 0);
}

TEST_F(RetentionTest, LeavesAloneWhatWasPinnedMeanwhile) {
  const RunId run = finished();
  store_.pin_run(run, true);
  EXPECT_THAT(store_.forget_artifacts(run).digests, IsEmpty());
  EXPECT_FALSE(store_.forget_run(run));
  EXPECT_TRUE(store_.names_artifact(kLog));
  EXPECT_TRUE(store_.run_head(run));
}

TEST_F(RetentionTest, IdsOfWhatWasForgottenAreNotUsedAgain) {
  const RunId run = finished();
  store_.forget_artifacts(run);
  while (store_.forget_run(run)) {
  }
  EXPECT_GT(submit(1).run, run);
}

TEST_F(RetentionTest, TheSweepTakesFilesThatNoRowNames) {
  const ArtifactStore artifacts(folder_.path() / "artifacts");
  const std::string orphan = artifacts.put_bytes("orphan", "x").sha256;
  const Artifact kept = artifacts.put_bytes("kept", "console.log");
  AttemptReport named = sample_report();
  named.artifacts = {kept};
  const AttemptId attempt = lease(submit(1).jobs[0]);
  store_.finish_attempt(attempt, named, {});
  const auto is_named = [&](std::string_view sha256) { return store_.names_artifact(sha256); };
  EXPECT_EQ(artifacts.sweep(is_named, std::filesystem::file_time_type::min()), 0U)
      << "a file that was just put may wait for its row";
  EXPECT_EQ(artifacts.sweep(is_named, std::filesystem::file_time_type::max()), 1U);
  EXPECT_FALSE(artifacts.whole(orphan));
  EXPECT_TRUE(artifacts.whole(kept.sha256));
}

}  // namespace
}  // namespace luolab
