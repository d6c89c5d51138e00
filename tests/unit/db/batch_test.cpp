// SPDX-License-Identifier: Apache-2.0
#include <sys/resource.h>

#include <csignal>
#include <stdexcept>

#include <gmock/gmock.h>

#include "tests/unit/db/sample_run.h"
#include "tests/unit/db/service_store.h"

namespace luolab {
namespace {

using Steps = std::vector<std::function<void()>>;

class Batch : public ServiceStore {};

TEST_F(Batch, KeepsAllStepsThatWentWell) {
  const Submitted run = submit(2);
  const Steps steps{[&] { lease(run.jobs[0]); }, [&] { lease(run.jobs[1]); }};
  const auto outcomes = store_.batch(steps);
  EXPECT_THAT(outcomes, testing::Each(testing::IsNull()));
  EXPECT_EQ(job(run.jobs[0]).state, JobState::running);
  EXPECT_EQ(job(run.jobs[1]).state, JobState::running);
}

TEST_F(Batch, TakesBackOnlyTheStepThatThrew) {
  const Submitted run = submit(3);
  const Steps steps{[&] { lease(run.jobs[0]); },
                    [&] {
                      lease(run.jobs[1]);
                      throw std::runtime_error("second thoughts");
                    },
                    [&] { lease(run.jobs[2]); }};
  const auto outcomes = store_.batch(steps);
  EXPECT_THROW(std::rethrow_exception(outcomes[1]), std::runtime_error);
  EXPECT_EQ(job(run.jobs[0]).state, JobState::running);
  EXPECT_EQ(job(run.jobs[1]).state, JobState::queued);
  EXPECT_EQ(job(run.jobs[2]).state, JobState::running);
  EXPECT_EQ(this->run(run.run).running, 2U) << "the count was not taken back";
}

TEST_F(Batch, TakesARowThatBreaksARuleForTheStepsOwnMistake) {
  const Submitted run = submit(1);
  const NewToken token{"t", TokenRole::read, std::string(64, 'a'), {}};
  const Steps steps{[&] { store_.add_token(token); }, [&] { store_.add_token(token); },
                    [&] { lease(run.jobs[0]); }};
  const auto outcomes = store_.batch(steps);
  EXPECT_THROW(std::rethrow_exception(outcomes[1]), SqliteError);
  EXPECT_EQ(outcomes[2], nullptr);
  EXPECT_EQ(store_.tokens().size(), 1U);
  EXPECT_EQ(job(run.jobs[0]).state, JobState::running);
}

TEST_F(Batch, ALaterStepSeesWhatAnEarlierOneDid) {
  const Submitted run = submit(1);
  AttemptId attempt;
  AttemptEnd end;
  const Steps steps{[&] { attempt = lease(run.jobs[0]); }, [&] { end = report(attempt); }};
  store_.batch(steps);
  EXPECT_EQ(end.outcome, AttemptOutcome::taken);
  EXPECT_TRUE(end.run_done);
}

TEST_F(Batch, ThrowsAndKeepsNothingWhereAnotherProcessHoldsTheLock) {
  const Submitted run = submit(1);
  Store hasty = Store::open(file_, {.patience = std::chrono::milliseconds{1}}).value();
  Database other(file_);
  {
    const Transaction held(other);
    const Steps steps{[&] { hasty.lease(run.jobs[0], "w", "i"); }};
    EXPECT_THROW(hasty.batch(steps), SqliteError);
  }
  EXPECT_EQ(job(run.jobs[0]).state, JobState::queued);
  EXPECT_TRUE(hasty.lease(run.jobs[0], "w", "i")) << "the store can't be used any more";
}

/// A limit on the size of files stands for a full disk.
class SmallDisk {
 public:
  explicit SmallDisk(rlim_t bytes) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit small{bytes, before_.rlim_max};
    signal_ = std::signal(SIGXFSZ, SIG_IGN);
    ::setrlimit(RLIMIT_FSIZE, &small);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  ~SmallDisk() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, signal_);
  }

 private:
  rlimit before_{};
  void (*signal_)(int) = SIG_DFL;
};

TEST_F(Batch, ThrowsAndKeepsNothingWhereTheDiskIsFull) {
  const Submitted run = submit(2);
  const std::int64_t events = store_.last_event();
  {
    const SmallDisk disk(std::filesystem::file_size(file_.string() + "-wal"));
    const Steps steps{[&] { lease(run.jobs[0]); }, [&] { lease(run.jobs[1]); }};
    EXPECT_THROW(store_.batch(steps), SqliteError);
  }
  EXPECT_EQ(store_.last_event(), events);
  EXPECT_EQ(job(run.jobs[0]).state, JobState::queued);
  lease(run.jobs[0]);
  EXPECT_EQ(job(run.jobs[0]).state, JobState::running) << "the store can't be used any more";
}

TEST_F(Batch, TogetherKeepsNothingWhereTheWorkThrows) {
  const Submitted run = submit(2);
  EXPECT_THROW(store_.together([&] {
    lease(run.jobs[0]);
    throw std::runtime_error("no");
  }),
               std::runtime_error);
  EXPECT_EQ(job(run.jobs[0]).state, JobState::queued);
}

}  // namespace
}  // namespace luolab
