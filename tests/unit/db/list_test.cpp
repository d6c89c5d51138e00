// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "tests/unit/db/sample_run.h"
#include "tests/unit/db/service_store.h"

namespace luolab {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// Two service runs by different people, and what became of their jobs:
/// run 1 (alice, series s): PASS, FAIL, running by w2; run 2 (bob): canceled, queued, PASS.
class ListTest : public ServiceStore {
 protected:
  ListTest() {
    NewRun second{"weekly gate", "", "bob", ""};
    NewRun first{"nightly memfd", "", "alice", ""};
    first.series_key = "s";
    a_ = submit(3, first);
    b_ = submit(3, second);
    finish(a_.jobs[0], Verdict::PASS, "w1");
    finish(a_.jobs[1], Verdict::FAIL, "w1");
    lease(a_.jobs[2], "w2");
    store_.stop_job(b_.jobs[0], "no");
    finish(b_.jobs[2], Verdict::PASS, "w2");
  }
  std::vector<std::int64_t> run_ids(const RunFilter& filter) const {
    std::vector<std::int64_t> ids;
    for (const RunSummary& run : store_.runs(filter)) ids.push_back(run.id.value);
    return ids;
  }
  std::vector<std::int64_t> job_ids(const JobFilter& filter) const {
    std::vector<std::int64_t> ids;
    for (const JobSummary& job : store_.jobs(filter)) ids.push_back(job.id.value);
    return ids;
  }
  std::vector<std::int64_t> attempt_jobs(const AttemptFilter& filter) const {
    std::vector<std::int64_t> ids;
    for (const AttemptSummary& attempt : store_.attempts(filter)) ids.push_back(attempt.job.value);
    return ids;
  }
  Submitted a_;  ///< run 1, jobs 1 to 3
  Submitted b_;  ///< run 2, jobs 4 to 6
};

TEST_F(ListTest, RunsAreNarrowedByEachOfTheirProperties) {
  EXPECT_THAT(run_ids({}), ElementsAre(2, 1));
  EXPECT_THAT(run_ids({.state = RunState::running}), ElementsAre(2, 1));
  EXPECT_THAT(run_ids({.state = RunState::done}), IsEmpty());
  EXPECT_THAT(run_ids({.verdict = Verdict::PASS}), ElementsAre(2, 1));
  EXPECT_THAT(run_ids({.verdict = Verdict::FAIL}), ElementsAre(1));
  EXPECT_THAT(run_ids({.verdict = Verdict::MISS}), ElementsAre(2));
  EXPECT_THAT(run_ids({.submitter = "bob"}), ElementsAre(2));
  EXPECT_THAT(run_ids({.series_key = "s"}), ElementsAre(1));
  EXPECT_THAT(run_ids({.text = "memf alice"}), ElementsAre(1));
  EXPECT_THAT(run_ids({.text = "gate alice"}), IsEmpty());
  EXPECT_THAT(run_ids({.text = "*\"("}), IsEmpty());
}

TEST_F(ListTest, RunsAreNarrowedByAllPropertiesTogether) {
  EXPECT_THAT(run_ids({.state = RunState::running,
                       .verdict = Verdict::FAIL,
                       .submitter = "alice",
                       .series_key = "s",
                       .text = "nightly"}),
              ElementsAre(1));
  EXPECT_THAT(run_ids({.verdict = Verdict::FAIL, .text = "weekly"}), IsEmpty());
  EXPECT_THAT(run_ids({.verdict = Verdict::PASS, .submitter = "bob"}), ElementsAre(2));
}

TEST_F(ListTest, EveryListOfRunsGoesOnBeforeAnId) {
  const RunId before{2};
  EXPECT_THAT(run_ids({.before = before}), ElementsAre(1));
  EXPECT_THAT(run_ids({.verdict = Verdict::PASS, .before = before}), ElementsAre(1));
  EXPECT_THAT(run_ids({.text = "nightly", .before = RunId{1}}), IsEmpty());
  EXPECT_THAT(run_ids({.submitter = "alice", .before = before}), ElementsAre(1));
  EXPECT_THAT(run_ids({.limit = 1}), ElementsAre(2));
}

TEST_F(ListTest, RunsAreSummedUp) {
  const RunSummary first = store_.runs({}).at(1);
  EXPECT_EQ(first.jobs, 3U);
  EXPECT_EQ(first.queued, 0U);
  EXPECT_EQ(first.running, 1U);
  EXPECT_EQ(first.verdicts,
            (std::map<Verdict, std::size_t>{{Verdict::PASS, 1}, {Verdict::FAIL, 1}}));
}

TEST_F(ListTest, JobsAreNarrowedByEachOfTheirProperties) {
  EXPECT_THAT(job_ids({}), ElementsAre(6, 5, 4, 3, 2, 1));
  EXPECT_THAT(job_ids({.run = a_.run}), ElementsAre(3, 2, 1));
  EXPECT_THAT(job_ids({.state = JobState::queued}), ElementsAre(5));
  EXPECT_THAT(job_ids({.state = JobState::done}), ElementsAre(6, 2, 1));
  EXPECT_THAT(job_ids({.verdict = Verdict::PASS}), ElementsAre(6, 1));
  EXPECT_THAT(job_ids({.scenario = "sample"}), ElementsAre(6, 5, 4, 3, 2, 1));
  EXPECT_THAT(job_ids({.scenario = "another"}), IsEmpty());
  EXPECT_THAT(job_ids({.worker = "w2"}), ElementsAre(6, 3));
}

TEST_F(ListTest, JobsAreNarrowedByAllPropertiesTogether) {
  EXPECT_THAT(job_ids({.run = b_.run, .verdict = Verdict::MISS}), ElementsAre(4));
  EXPECT_THAT(job_ids({.run = b_.run, .state = JobState::queued}), ElementsAre(5));
  EXPECT_THAT(job_ids({.verdict = Verdict::PASS, .scenario = "sample"}), ElementsAre(6, 1));
  EXPECT_THAT(job_ids({.state = JobState::done, .scenario = "sample", .worker = "w1"}),
              ElementsAre(2, 1));
  EXPECT_THAT(job_ids({.run = a_.run,
                       .state = JobState::done,
                       .verdict = Verdict::FAIL,
                       .scenario = "sample",
                       .worker = "w1"}),
              ElementsAre(2));
}

/// Jobs with kernels of their own: each build is its key, which the title need not name.
class KernelListTest : public ListTest {
 protected:
  JobId add(const std::vector<std::pair<std::string, std::string>>& kernels,
            Verdict verdict = Verdict::PASS) {
    const JobId job = submit(1).jobs[0];
    AttemptReport report;
    report.verdict = verdict;
    for (const auto& [key, title] : kernels)
      report.builds.push_back({key, title, "7.3", "", "", "{}"});
    store_.finish_attempt(lease(job, "w9"), report, {false, verdict, ""});
    return job;
  }
};

TEST_F(KernelListTest, JobsAreNarrowedByTheKeyOrTheTitleOfAKernel) {
  const auto one = add({{"k1", "plain"}}).value;
  const auto two = add({{"k1", "plain"}, {"k2", "plain"}}).value;
  const auto three = add({{"k2", "plain"}, {"k3", "mine"}}, Verdict::FAIL).value;
  EXPECT_THAT(job_ids({.kernel = "k1"}), ElementsAre(two, one));
  EXPECT_THAT(job_ids({.kernel = "k2"}), ElementsAre(three, two));
  EXPECT_THAT(job_ids({.kernel = "plain"}), ElementsAre(three, two, one)) << "each once";
  EXPECT_THAT(job_ids({.kernel = "mine"}), ElementsAre(three));
  EXPECT_THAT(job_ids({.kernel = "k"}), IsEmpty());
  EXPECT_THAT(job_ids({.verdict = Verdict::FAIL, .kernel = "plain"}), ElementsAre(three));
  EXPECT_THAT(job_ids({.verdict = Verdict::FAIL, .kernel = "k1"}), IsEmpty());
  EXPECT_THAT(job_ids({.scenario = "sample", .worker = "w9", .kernel = "k2"}),
              ElementsAre(three, two));
  EXPECT_THAT(job_ids({.kernel = "plain", .before = JobId{three}}), ElementsAre(two, one));
  EXPECT_THAT(job_ids({.kernel = "plain", .limit = 1}), ElementsAre(three));
}

TEST_F(KernelListTest, AJobIsThereOnceHoweverOftenItWasTried) {
  const JobId job = add({{"k1", "plain"}});
  store_.retry_job(job);
  AttemptReport report;
  report.builds.push_back({"k1", "plain", "7.3", "", "other id", "{}"});
  store_.finish_attempt(lease(job, "w9"), report, {false, Verdict::PASS, ""});
  EXPECT_THAT(job_ids({.kernel = "k1"}), ElementsAre(job.value));
  EXPECT_THAT(job_ids({.kernel = "plain"}), ElementsAre(job.value));
}

TEST_F(ListTest, EveryListOfJobsGoesOnBeforeAnId) {
  const JobId before{3};
  EXPECT_THAT(job_ids({.before = before}), ElementsAre(2, 1));
  EXPECT_THAT(job_ids({.run = a_.run, .before = before}), ElementsAre(2, 1));
  EXPECT_THAT(job_ids({.state = JobState::done, .before = before}), ElementsAre(2, 1));
  EXPECT_THAT(job_ids({.run = a_.run, .limit = 2}), ElementsAre(3, 2));
}

TEST_F(ListTest, AJobsSummarySaysWhereItStands) {
  const JobSummary failed = job(a_.jobs[1]);
  EXPECT_EQ(failed.run, a_.run);
  EXPECT_EQ(failed.position, 1U);
  EXPECT_EQ(failed.title, job_title(sample_job(1)));
  EXPECT_EQ(failed.scenario, "sample");
  EXPECT_EQ(failed.reason, "vm-0/ram differs");
  EXPECT_EQ(failed.attempts, 1U);
  EXPECT_TRUE(failed.ended);
  EXPECT_FALSE(job(a_.jobs[2]).ended);
  EXPECT_EQ(store_.job_summary(JobId{99}).error().fault, Fault::scenario);
}

TEST_F(ListTest, AttemptsAreNarrowed) {
  EXPECT_THAT(attempt_jobs({}), ElementsAre(6, 3, 2, 1));
  EXPECT_THAT(attempt_jobs({.state = AttemptState::running}), ElementsAre(3));
  EXPECT_THAT(attempt_jobs({.state = AttemptState::done}), ElementsAre(6, 2, 1));
  EXPECT_THAT(attempt_jobs({.worker = "w1"}), ElementsAre(2, 1));
  EXPECT_THAT(attempt_jobs({.state = AttemptState::running, .worker = "w1"}), IsEmpty());
  EXPECT_THAT(attempt_jobs({.job = a_.jobs[1]}), ElementsAre(2));
  EXPECT_THAT(attempt_jobs({.before = AttemptId{3}}), ElementsAre(2, 1));
}

TEST_F(ListTest, NoPageIsLongerThanTheLongest) {
  submit(600);
  EXPECT_EQ(store_.jobs({.limit = 100'000}).size(), kLongestPage);
}

TEST_F(ListTest, EventsAreNarrowed) {
  EXPECT_EQ(store_.events({.job = a_.jobs[1]}).size(), 2U);
  EXPECT_EQ(store_.events({.run = b_.run}).size(), 4U);
  EXPECT_EQ(store_.events({.run = b_.run, .kind = "job.c"}).size(), 1U);
  EXPECT_EQ(store_.events({.kind = "run.created"}).size(), 2U);
  EXPECT_EQ(store_.events({.worker = "w2", .kind = "job.started"}).size(), 2U);
  const std::int64_t last = store_.last_event();
  EXPECT_THAT(store_.events({.after = last}), IsEmpty());
  EXPECT_EQ(store_.events({.after = last - 1}).at(0).seq, last);
  EXPECT_EQ(store_.events({.job = a_.jobs[1]}).at(0).worker, "w1");
}

TEST_F(ListTest, AReaderSeesWhatTheWriterCommitted) {
  const Store reader = Store::open_reader(file_).value();
  EXPECT_EQ(reader.jobs({}).size(), 6U);
  submit(1);
  EXPECT_EQ(reader.jobs({}).size(), 7U);
}

TEST_F(ListTest, AReaderCannotWrite) {
  Store reader = Store::open_reader(file_).value();
  EXPECT_THROW(reader.pin_run(a_.run, true), SqliteError);
}

TEST_F(ListTest, AReaderCreatesNoStore) {
  const auto file = folder_.path() / "none.db";
  const auto reader = Store::open_reader(file);
  ASSERT_FALSE(reader);
  EXPECT_EQ(reader.error().fault, Fault::lab);
  EXPECT_FALSE(std::filesystem::exists(file));
}

}  // namespace
}  // namespace luolab
