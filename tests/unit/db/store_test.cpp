// SPDX-License-Identifier: Apache-2.0
#include "db/store.h"

#include <cmath>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/file.h"
#include "core/protocol/json.h"
#include "tests/unit/db/sample_run.h"

namespace luolab {
namespace {

using testing::ElementsAre;

class StoreTest : public testing::Test {
 protected:
  CreatedRun create(std::size_t jobs = 1) {
    std::vector<Job> list;
    for (std::size_t i = 0; i < jobs; ++i)
      list.push_back(sample_job(static_cast<std::uint32_t>(i)));
    return store_.create_run({"title", "yaml: text\n", "somebody", "luolab run x.yaml"}, list);
  }
  std::vector<std::string> event_kinds() {
    std::vector<std::string> kinds;
    for (const EventRow& event : store_.events(0, 1000)) kinds.push_back(event.kind);
    return kinds;
  }

  TempDir folder_{std::filesystem::temp_directory_path()};
  Store store_ = Store::open(store_file(folder_.path())).value();
};

TEST_F(StoreTest, GivesARunBackAsItWasCreated) {
  const CreatedRun created = create(2);
  const RunRecord run = store_.run(created.id).value();
  EXPECT_EQ(run.title, "title");
  EXPECT_EQ(run.source_text, "yaml: text\n");
  EXPECT_EQ(run.command_line, "luolab run x.yaml");
  EXPECT_EQ(run.state, RunState::running);
  EXPECT_FALSE(run.finished.has_value());
  ASSERT_EQ(run.jobs.size(), 2U);
  EXPECT_EQ(run.jobs[1].id, created.jobs[1]);
  EXPECT_EQ(run.jobs[1].state, JobState::queued);
  EXPECT_EQ(run.jobs[1].verdict, std::nullopt);
  EXPECT_EQ(to_json(run.jobs[1].job), to_json(sample_job(1)));
}

TEST_F(StoreTest, GivesAReportBackFromItsRows) {
  const CreatedRun created = create();
  const AttemptId attempt = store_.begin_attempt(created.jobs[0], "worker").value();
  ASSERT_TRUE(store_.finish_attempt(attempt, sample_report(Verdict::FAIL)));
  const JobRecord job = store_.job(created.jobs[0]).value();
  ASSERT_TRUE(job.report.has_value());
  EXPECT_EQ(to_json(*job.report), to_json(sample_report(Verdict::FAIL)));
  EXPECT_EQ(job.verdict, Verdict::FAIL);
  EXPECT_EQ(job.reason, "vm-0/ram differs");
  EXPECT_EQ(job.attempts, 1U);
}

TEST_F(StoreTest, KeepsNumbersThatJsonCannotHold) {
  const CreatedRun created = create();
  AttemptReport report;
  report.measurements = {{0, "a", std::nan(""), "1", ""},
                         {0, "b", std::numeric_limits<double>::infinity(), "1", ""}};
  ASSERT_TRUE(store_.finish_attempt(store_.begin_attempt(created.jobs[0], "w").value(), report));
  const auto measurements = store_.job(created.jobs[0]).value().report->measurements;
  EXPECT_TRUE(std::isnan(measurements[0].value));
  EXPECT_TRUE(std::isinf(measurements[1].value));
}

TEST_F(StoreTest, TakesAnEmptyReport) {
  const CreatedRun created = create();
  const AttemptId attempt = store_.begin_attempt(created.jobs[0], "worker").value();
  ASSERT_TRUE(store_.finish_attempt(attempt, AttemptReport{}));
  const JobRecord job = store_.job(created.jobs[0]).value();
  EXPECT_EQ(job.verdict, Verdict::MISS);
  EXPECT_EQ(job.report->worker, "worker");
}

TEST_F(StoreTest, TakesThousandsOfChecksums) {
  const CreatedRun created = create();
  AttemptReport report;
  for (std::uint64_t i = 0; i < 5000; ++i) {
    report.checksums.push_back({0, "vm-0/ram", i << 24, 1 << 24, "xxh3-128", std::string(32, 'a'),
                                std::string(32, i == 4999 ? 'b' : 'a')});
  }
  ASSERT_TRUE(store_.finish_attempt(store_.begin_attempt(created.jobs[0], "w").value(), report));
  const auto sums = store_.job(created.jobs[0]).value().report->checksums;
  ASSERT_EQ(sums.size(), 5000U);
  EXPECT_EQ(sums[4999].offset_bytes, std::uint64_t{4999} << 24);
  EXPECT_EQ(sums[4999].actual, std::string(32, 'b'));
  EXPECT_EQ(sums[0].actual, sums[0].expected);
}

TEST_F(StoreTest, LetsAnAttemptFinishOnlyOnce) {
  const CreatedRun created = create();
  const AttemptId attempt = store_.begin_attempt(created.jobs[0], "worker").value();
  ASSERT_TRUE(store_.finish_attempt(attempt, sample_report(Verdict::PASS)));
  const auto events = event_kinds();
  EXPECT_FALSE(store_.finish_attempt(attempt, sample_report(Verdict::FAIL)));
  EXPECT_EQ(store_.job(created.jobs[0]).value().verdict, Verdict::PASS);
  EXPECT_EQ(event_kinds(), events);
}

TEST_F(StoreTest, FencesAnAttemptOffByANewerOne) {
  const CreatedRun created = create();
  const AttemptId stale = store_.begin_attempt(created.jobs[0], "a").value();
  const AttemptId fresh = store_.begin_attempt(created.jobs[0], "b").value();
  EXPECT_LT(stale, fresh);
  EXPECT_FALSE(store_.finish_attempt(stale, sample_report(Verdict::FAIL)));
  EXPECT_EQ(store_.job(created.jobs[0]).value().state, JobState::running);
  EXPECT_TRUE(store_.finish_attempt(fresh, sample_report(Verdict::PASS)));
  const JobRecord job = store_.job(created.jobs[0]).value();
  EXPECT_EQ(job.verdict, Verdict::PASS);
  EXPECT_EQ(job.attempts, 2U);
}

TEST_F(StoreTest, FinishesNoAttemptThatNeverBegan) {
  EXPECT_FALSE(store_.finish_attempt(AttemptId{99}, sample_report()));
}

TEST_F(StoreTest, BeginsNoAttemptOfACanceledOrUnknownJob) {
  const CreatedRun created = create();
  ASSERT_TRUE(store_.cancel_job(created.jobs[0], "interrupted"));
  EXPECT_EQ(store_.begin_attempt(created.jobs[0], "w").error().fault, Fault::canceled);
  EXPECT_EQ(store_.begin_attempt(JobId{99}, "w").error().fault, Fault::bug);
}

TEST_F(StoreTest, CancelsARunningAttemptSoThatItCannotFinish) {
  const CreatedRun created = create();
  const AttemptId attempt = store_.begin_attempt(created.jobs[0], "w").value();
  EXPECT_TRUE(store_.cancel_job(created.jobs[0], "interrupted"));
  EXPECT_FALSE(store_.finish_attempt(attempt, sample_report()));
  const JobRecord job = store_.job(created.jobs[0]).value();
  EXPECT_EQ(job.state, JobState::canceled);
  EXPECT_EQ(job.verdict, Verdict::MISS);
  EXPECT_EQ(job.reason, "interrupted");
}

TEST_F(StoreTest, DoesNotCancelWhatHasEnded) {
  const CreatedRun created = create();
  ASSERT_TRUE(
      store_.finish_attempt(store_.begin_attempt(created.jobs[0], "w").value(), sample_report()));
  EXPECT_FALSE(store_.cancel_job(created.jobs[0], "late"));
  EXPECT_FALSE(store_.cancel_job(JobId{99}, "unknown"));
  EXPECT_EQ(store_.job(created.jobs[0]).value().verdict, Verdict::PASS);
}

TEST_F(StoreTest, CancelsOpenJobsWhenTheRunEnds) {
  const CreatedRun created = create(3);
  ASSERT_TRUE(
      store_.finish_attempt(store_.begin_attempt(created.jobs[0], "w").value(), sample_report()));
  const AttemptId running = store_.begin_attempt(created.jobs[1], "w").value();
  store_.finish_run(created.id);
  const RunRecord run = store_.run(created.id).value();
  EXPECT_EQ(run.state, RunState::done);
  EXPECT_TRUE(run.finished.has_value());
  EXPECT_EQ(run.jobs[0].state, JobState::done);
  EXPECT_EQ(run.jobs[1].state, JobState::canceled);
  EXPECT_EQ(run.jobs[2].state, JobState::canceled);
  EXPECT_FALSE(store_.finish_attempt(running, sample_report()));
}

TEST_F(StoreTest, EndsARunOnce) {
  const CreatedRun created = create();
  store_.finish_run(created.id);
  const auto finished = store_.run(created.id).value().finished;
  const auto events = event_kinds();
  store_.finish_run(created.id);
  EXPECT_EQ(store_.run(created.id).value().finished, finished);
  EXPECT_EQ(event_kinds(), events);
}

TEST_F(StoreTest, WritesAnEventForEveryChange) {
  const CreatedRun created = create();
  const AttemptId attempt = store_.begin_attempt(created.jobs[0], "w").value();
  store_.finish_attempt(attempt, sample_report());
  store_.finish_run(created.id);
  EXPECT_THAT(event_kinds(), ElementsAre("run.created", "job.started", "job.done", "run.done"));
}

TEST_F(StoreTest, GivesEventsAfterASequenceNumber) {
  create();
  create();
  const auto all = store_.events(0, 10);
  ASSERT_EQ(all.size(), 2U);
  EXPECT_LT(all[0].seq, all[1].seq);
  EXPECT_EQ(store_.events(all[0].seq, 10).size(), 1U);
  EXPECT_EQ(store_.events(0, 1).size(), 1U);
  EXPECT_TRUE(store_.events(all[1].seq, 10).empty());
  EXPECT_TRUE(boost::json::parse(all[0].json).is_object());
}

TEST_F(StoreTest, ListsRunsNewestFirstAndPageByPage) {
  const RunId first = create(2).id;
  const RunId second = create().id;
  const auto runs = store_.list_runs(10);
  ASSERT_EQ(runs.size(), 2U);
  EXPECT_EQ(runs[0].id, second);
  EXPECT_EQ(runs[1].jobs, 2U);
  EXPECT_EQ(store_.list_runs(1).size(), 1U);
  EXPECT_EQ(store_.list_runs(10, second)[0].id, first);
  EXPECT_EQ(store_.last_run(), second);
}

TEST_F(StoreTest, CountsTheVerdictsOfARun) {
  const CreatedRun created = create(3);
  store_.finish_attempt(store_.begin_attempt(created.jobs[0], "w").value(),
                        sample_report(Verdict::PASS));
  store_.finish_attempt(store_.begin_attempt(created.jobs[1], "w").value(),
                        sample_report(Verdict::FAIL));
  const auto verdicts = store_.list_runs(1)[0].verdicts;
  EXPECT_EQ(verdicts, (std::map<Verdict, std::size_t>{{Verdict::PASS, 1}, {Verdict::FAIL, 1}}));
}

TEST_F(StoreTest, SaysWhichRunOrJobIsUnknown) {
  EXPECT_EQ(store_.last_run(), std::nullopt);
  EXPECT_TRUE(store_.list_runs(10).empty());
  EXPECT_EQ(store_.run(RunId{5}).error().fault, Fault::scenario);
  EXPECT_NE(store_.job(JobId{5}).error().what.find("j5"), std::string::npos);
}

TEST_F(StoreTest, KeepsABuildOnceAndTellsDifferentOutcomesOfOneKeyApart) {
  const CreatedRun created = create(2);
  AttemptReport report = sample_report();
  store_.finish_attempt(store_.begin_attempt(created.jobs[0], "w").value(), report);
  EXPECT_EQ(store_.builds(10).size(), 2U);
  report.builds[0].build_id = "another";
  store_.finish_attempt(store_.begin_attempt(created.jobs[1], "w").value(), report);
  EXPECT_EQ(store_.builds(10).size(), 3U);
  EXPECT_EQ(store_.job(created.jobs[0]).value().report->builds[0].build_id, "b1");
  EXPECT_EQ(store_.job(created.jobs[1]).value().report->builds[0].build_id, "another");
}

TEST_F(StoreTest, TakesARunWithoutJobs) {
  const CreatedRun created = create(0);
  EXPECT_TRUE(created.jobs.empty());
  EXPECT_TRUE(store_.run(created.id).value().jobs.empty());
}

}  // namespace
}  // namespace luolab
