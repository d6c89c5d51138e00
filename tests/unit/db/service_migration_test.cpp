// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "core/base/file.h"
#include "core/protocol/json.h"
#include "db/migrations.h"
#include "db/store.h"
#include "tests/unit/db/sample_run.h"

namespace luolab {
namespace {

/// A store as the luolab before the service wrote it: a done run of two jobs (PASS by the second
/// attempt, FAIL with a console finding) and a run of a process that is gone.
class ServiceMigration : public testing::Test {
 protected:
  ServiceMigration() {
    std::filesystem::create_directories(file_.parent_path());
    Database old(file_);
    migrate(old, known_migrations().first(3));
    const std::string job = boost::json::serialize(to_json(sample_job()));
    old.execute(
        "INSERT INTO runs VALUES (1, 'nightly', 'text', 'alice', 'cmd', 'done', 10, 99, 'o', 7);"
        "INSERT INTO runs VALUES (2, 'cut off', '', 'bob', '', 'running', 11, NULL, 'gone', 8);"
        "INSERT INTO jobs VALUES (1, 1, 0, 'a', 'sample', 50, 'done', 'PASS', 'held', '" +
        job + "'), (2, 1, 1, 'b', 'sample', 50, 'done', 'FAIL', 'it differs', '" + job +
        "'), (3, 2, 0, 'c', 'sample', 50, 'queued', NULL, '', '" + job +
        "');"
        "INSERT INTO attempts (id, job, number, worker, state, started_ns, finished_ns, verdict) "
        "VALUES (1, 1, 1, 'w1', 'lost', 1, 20, 'MISS'), (2, 1, 2, 'w2', 'done', 21, 30, 'PASS'), "
        "(3, 2, 1, 'w1', 'done', 31, 40, 'FAIL');"
        "INSERT INTO findings VALUES (3, 0, 'warning', 5, 'WARNING in memfd_luo'), "
        "(3, 1, 'oops', 6, 'Oops: 0002');"
        "INSERT INTO builds VALUES (1, 'c', 'd', 'linux-7.3', '7.3.4', '', '', '{}', 5);"
        "INSERT INTO attempt_builds VALUES (2, 0, 1), (3, 0, 1), (3, 1, 1);"
        "INSERT INTO phases VALUES (3, 0, 'boot', 0, '', NULL, NULL, 0, 5, 5);"
        "INSERT INTO events VALUES (1, 10, 1, NULL, 'run.created', '{}'), "
        "(2, 11, 2, NULL, 'run.created', '{}'), (3, 30, 1, 1, 'job.done', '{}');");
  }
  TempDir folder_{std::filesystem::temp_directory_path()};
  std::filesystem::path file_ = folder_.path() / "state" / "luolab.db";
};

TEST_F(ServiceMigration, KeepsRunsJobsAndReports) {
  Store store = Store::open(file_).value();
  const RunRecord run = store.run(RunId{1}).value();
  EXPECT_EQ(run.source_text, "text");
  ASSERT_EQ(run.jobs.size(), 2U);
  EXPECT_EQ(to_json(run.jobs[1].job), to_json(sample_job()));
  ASSERT_TRUE(run.jobs[1].report);
  EXPECT_EQ(run.jobs[1].report->findings.size(), 2U);
  EXPECT_EQ(run.jobs[0].attempts, 2U);
  EXPECT_EQ(store.events(0, 10).size(), 3U);
  EXPECT_TRUE(store.check_integrity());
}

TEST_F(ServiceMigration, KnowsWhichJobsAKernelWasIn) {
  Store store = Store::open(file_).value();
  EXPECT_EQ(store.jobs({.kernel = "d"}).size(), 2U);
  EXPECT_EQ(store.jobs({.kernel = "linux-7.3"}).size(), 2U);
}

TEST_F(ServiceMigration, SumsUpWhatWasThere) {
  Store store = Store::open(file_).value();
  const RunSummary done = store.run_head(RunId{1}).value().summary;
  EXPECT_EQ(done.jobs, 2U);
  EXPECT_EQ(done.verdicts,
            (std::map<Verdict, std::size_t>{{Verdict::PASS, 1}, {Verdict::FAIL, 1}}));
  EXPECT_EQ(done.priority, 50);
  EXPECT_FALSE(done.service);
  EXPECT_EQ(store.run_head(RunId{2}).value().summary.queued, 1U);
  EXPECT_EQ(store.job_summary(JobId{1}).value().worker, "w2");
  EXPECT_EQ(store.job_summary(JobId{1}).value().ended, TimePoint{std::chrono::nanoseconds{30}});
  EXPECT_EQ(store.builds(10).at(0).attempts, 2U);
}

TEST_F(ServiceMigration, MakesWhatWasThereFound) {
  const Store store = Store::open(file_).value();
  EXPECT_EQ(store.search("nightly", 5).size(), 1U);
  EXPECT_EQ(store.search("differs", 5).size(), 1U);
  EXPECT_EQ(store.search("oops", 5).at(0).id, 3);
  EXPECT_EQ(store.search("7.3.4", 5).size(), 1U);
  EXPECT_EQ(store.phases({.name = "boot", .scenario = "sample"}).size(), 1U);
  EXPECT_EQ(store.jobs({.worker = "w1"}).size(), 1U);
}

TEST_F(ServiceMigration, EndsRunsOfProcessesThatAreGoneAsBefore) {
  Store store = Store::open(file_).value();
  EXPECT_EQ(store.recover().size(), 1U);
  const RunSummary run = store.run_head(RunId{2}).value().summary;
  EXPECT_EQ(run.state, RunState::done);
  EXPECT_EQ(run.queued, 0U);
  EXPECT_EQ(run.verdicts.at(Verdict::MISS), 1U);
}

TEST_F(ServiceMigration, LetsEventsBeOfNoRun) {
  Store store = Store::open(file_).value();
  store.save_worker("w1", TokenId{}, "{}");
  EXPECT_EQ(store.events(3, 10).at(0).run, std::nullopt);
}

TEST_F(ServiceMigration, GivesTheSchemaOfANewStore) {
  Store::open(file_).value();
  const auto fresh = folder_.path() / "fresh" / "luolab.db";
  Store::open(fresh).value();
  const auto schema = [](const std::filesystem::path& file) {
    const Database database(file);
    Statement row = database.prepare(
        "SELECT group_concat(sql, char(10)) FROM (SELECT sql FROM sqlite_schema ORDER BY name)");
    row.step();
    return row.text(0);
  };
  EXPECT_EQ(schema(file_), schema(fresh));
}

}  // namespace
}  // namespace luolab
