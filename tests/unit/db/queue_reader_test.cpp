// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "tests/unit/db/sample_run.h"
#include "tests/unit/db/service_store.h"

namespace luolab {
namespace {

using testing::ElementsAre;

class QueueReader : public ServiceStore {
 protected:
  std::vector<QueuedJob> queued() const {
    std::vector<QueuedJob> jobs;
    store_.each_queued([&](QueuedJob job) { jobs.push_back(std::move(job)); });
    return jobs;
  }
};

TEST_F(QueueReader, FindsQueuedJobsOfTheServiceAfterARestart) {
  NewRun run{"t", "", "alice", ""};
  run.priority = 70;
  const Submitted given = submit(3, run);
  finish(given.jobs[0]);
  store_.lose_attempt(lease(given.jobs[1], "w1"), "gone", {true, Verdict::MISS, "again"});
  store_.create_run({"local", "", "", ""}, std::vector<Job>{sample_job()});
  const auto jobs = queued();
  ASSERT_EQ(jobs.size(), 2U);
  EXPECT_EQ(jobs[0].id, given.jobs[1]);
  EXPECT_EQ(jobs[0].run, given.run);
  EXPECT_EQ(jobs[0].submitter, "alice");
  EXPECT_EQ(jobs[0].priority, 70);
  EXPECT_EQ(jobs[0].needs.memory_bytes, std::uint64_t{1} << 30);
  EXPECT_EQ(jobs[0].queue_timeout, sample_job().timeouts.queue);
  EXPECT_THAT(jobs[0].tried, ElementsAre("w1"));
  EXPECT_TRUE(jobs[1].tried.empty());
  EXPECT_EQ(jobs[1].queued, given.queued);
}

TEST_F(QueueReader, KeepsTheOneWorkerThatMayTakeAJob) {
  NewJob job = sample_new_job();
  job.only_worker = "w9";
  store_.submit({{"health", "", "", ""}, {job}, {}});
  EXPECT_EQ(queued().at(0).only, "w9");
}

TEST_F(QueueReader, FindsRunningAttemptsOfTheServiceAfterARestart) {
  const Submitted given = submit(3);
  const AttemptId attempt = lease(given.jobs[1], "w2");
  finish(given.jobs[0]);
  const CreatedRun local = store_.create_run({"l", "", "", ""}, std::vector<Job>{sample_job()});
  store_.begin_attempt(local.jobs[0], "here").value();
  const auto running = store_.running_attempts();
  ASSERT_EQ(running.size(), 1U);
  EXPECT_EQ(running[0].attempt, attempt);
  EXPECT_EQ(running[0].number, 1U);
  EXPECT_EQ(running[0].worker, "w2");
  EXPECT_EQ(running[0].instance, "instance");
  EXPECT_EQ(running[0].job.id, given.jobs[1]);
  EXPECT_EQ(running[0].job.needs.tags, std::vector<std::string>{"big"});
  EXPECT_TRUE(running[0].job.tried.empty()) << "the worker that has it is not yet tried";
}

TEST_F(QueueReader, NamesNeedsThatCannotBeRead) {
  const Submitted given = submit(1);
  sql("UPDATE job_specs SET needs_json = '{\"cpus\":'");
  try {
    queued();
    FAIL() << "read";
  } catch (const SqliteError& error) {
    EXPECT_EQ(error.fault(), SqliteFault::corrupt);
    EXPECT_THAT(error.what(), testing::HasSubstr(id_text(given.jobs[0])));
  }
}

}  // namespace
}  // namespace luolab
