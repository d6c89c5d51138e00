// SPDX-License-Identifier: Apache-2.0
#include <iterator>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/file.h"
#include "db/store.h"
#include "tests/unit/db/forked_process.h"
#include "tests/unit/db/sample_run.h"

namespace luolab {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class Recovery : public testing::Test {
 protected:
  /// A process that has created a run of three jobs: one done, one running, one queued.
  std::unique_ptr<ForkedProcess> start_luolab() const {
    auto process = std::make_unique<ForkedProcess>([this](const ParentLink& parent) {
      Store store = Store::open(file_).value();
      const CreatedRun run = store.create_run(
          {"t", "", "", ""}, std::vector<Job>{sample_job(0), sample_job(1), sample_job(2)});
      store.finish_attempt(store.begin_attempt(run.jobs[0], "w").value(), sample_report());
      store.begin_attempt(run.jobs[1], "w").value();
      parent.say('r');
      parent.await();
      store.finish_run(run.id);
    });
    EXPECT_EQ(process->hear(), 'r');
    return process;
  }
  std::ptrdiff_t locks() const {
    return std::distance(std::filesystem::directory_iterator(file_.string() + ".locks"),
                         std::filesystem::directory_iterator());
  }
  TempDir folder_{std::filesystem::temp_directory_path()};
  std::filesystem::path file_ = store_file(folder_.path());
};

TEST_F(Recovery, LosesTheRunningAttemptAndCancelsQueuedJobsOfAKilledProcess) {
  start_luolab()->kill();
  Store store = Store::open(file_).value();
  EXPECT_THAT(store.recover(), ElementsAre(RunId{1}));
  const RunRecord run = store.run(RunId{1}).value();
  EXPECT_EQ(run.state, RunState::done);
  EXPECT_EQ(run.jobs[0].verdict, Verdict::PASS);
  EXPECT_EQ(run.jobs[1].verdict, Verdict::MISS);
  EXPECT_THAT(run.jobs[1].reason, HasSubstr("was killed while this ran"));
  EXPECT_EQ(run.jobs[2].state, JobState::canceled);
  EXPECT_THAT(run.jobs[2].reason, HasSubstr("was killed before this ran"));
}

TEST_F(Recovery, EndsTheRunAtItsLastSignOfLife) {
  start_luolab()->kill();
  Store store = Store::open(file_).value();
  const TimePoint last = store.events(0, 100).back().time;
  store.recover();
  EXPECT_EQ(store.run(RunId{1}).value().finished, last);
}

TEST_F(Recovery, HappensOnce) {
  start_luolab()->kill();
  Store store = Store::open(file_).value();
  store.recover();
  const auto events = store.events(0, 100).size();
  EXPECT_THAT(store.recover(), IsEmpty());
  EXPECT_EQ(store.events(0, 100).size(), events);
  EXPECT_EQ(locks(), 1) << "only the lock for opening is left";
}

TEST_F(Recovery, LeavesTheRunsOfALivingProcessAlone) {
  const auto alive = start_luolab();
  {
    Store store = Store::open(file_).value();
    EXPECT_THAT(store.recover(), IsEmpty());
    EXPECT_EQ(store.run(RunId{1}).value().jobs[1].state, JobState::running);
  }
  alive->say('c');
  EXPECT_EQ(alive->wait(), 0);
}

TEST_F(Recovery, TellsADeadProcessFromALivingOneInOneStore) {
  const auto alive = start_luolab();
  start_luolab()->kill();
  Store store = Store::open(file_).value();
  EXPECT_THAT(store.recover(), ElementsAre(RunId{2}));
  EXPECT_EQ(store.run(RunId{1}).value().state, RunState::running);
}

TEST_F(Recovery, LeavesItsOwnRunsAlone) {
  Store store = Store::open(file_).value();
  const CreatedRun run = store.create_run({"t", "", "", ""}, std::vector<Job>{sample_job()});
  store.begin_attempt(run.jobs[0], "w").value();
  EXPECT_THAT(store.recover(), IsEmpty());
  EXPECT_EQ(store.job(run.jobs[0]).value().state, JobState::running);
}

TEST_F(Recovery, EndsARunThatItsProcessLeftOpen) {
  { Store::open(file_)->create_run({"t", "", "", ""}, std::vector<Job>{sample_job()}); }
  Store store = Store::open(file_).value();
  EXPECT_THAT(store.recover(), ElementsAre(RunId{1}));
}

TEST_F(Recovery, TwoProcessesWriteAtTheSameTimeWithoutLosingAnything) {
  constexpr int kRuns = 20;
  const auto write_runs = [this](const ParentLink& parent) {
    Store store = Store::open(file_).value();
    parent.say('o');
    parent.await();
    for (int i = 0; i < kRuns; ++i) {
      const CreatedRun run = store.create_run({"t", "", "", ""}, std::vector<Job>{sample_job()});
      store.finish_attempt(store.begin_attempt(run.jobs[0], "w").value(), sample_report());
      store.recover();
      store.finish_run(run.id);
    }
  };
  ForkedProcess first(write_runs);
  ForkedProcess second(write_runs);
  for (ForkedProcess* process : {&first, &second}) ASSERT_EQ(process->hear(), 'o');
  for (ForkedProcess* process : {&first, &second}) process->say('g');
  EXPECT_EQ(first.wait(), 0);
  EXPECT_EQ(second.wait(), 0);
  const auto runs = Store::open(file_)->list_runs(1000);
  ASSERT_EQ(runs.size(), 2U * kRuns);
  for (const RunSummary& run : runs) {
    EXPECT_EQ(run.verdicts, (std::map<Verdict, std::size_t>{{Verdict::PASS, 1}}));
  }
}

}  // namespace
}  // namespace luolab
