// SPDX-License-Identifier: Apache-2.0
#include "db/store_writer.h"

#include <future>
#include <latch>
#include <stdexcept>

#include "tests/unit/db/service_store.h"

namespace luolab {
namespace {

class StoreWriterTest : public ServiceStore {};

TEST_F(StoreWriterTest, CommitsWhatManyPost) {
  const Submitted run = submit(200);
  std::latch done(200);
  {
    GroupWriter writer(Store::open(file_).value());
    for (const JobId job : run.jobs) {
      writer.post([job](Store& store) { store.lease(job, "w", "i"); },
                  [&](std::exception_ptr error) {
                    EXPECT_EQ(error, nullptr);
                    done.count_down();
                  });
    }
    done.wait();
  }
  EXPECT_EQ(this->run(run.run).running, 200U);
}

TEST_F(StoreWriterTest, SaysWhatIsOnDiskOnlyWhenOthersSeeIt) {
  const Submitted run = submit(1);
  std::promise<JobState> seen;
  GroupWriter writer(Store::open(file_).value());
  writer.post([&](Store& store) { store.lease(run.jobs[0], "w", "i"); },
              [&](std::exception_ptr) { seen.set_value(job(run.jobs[0]).state); });
  EXPECT_EQ(seen.get_future().get(), JobState::running);
}

TEST_F(StoreWriterTest, ThrowsToWhoWaitsWhatTheStepThrew) {
  GroupWriter writer(Store::open(file_).value());
  EXPECT_THROW(writer.run([](Store&) { throw std::runtime_error("no"); }), std::runtime_error);
  EXPECT_NO_THROW(writer.run([](Store& store) { store.worker_left("w", "test"); }));
}

TEST_F(StoreWriterTest, GivesTheFailureOfABatchToAllItsSteps) {
  const Submitted run = submit(2);
  GroupWriter writer(Store::open(file_, {.patience = std::chrono::milliseconds{1}}).value());
  Database other(file_);
  {
    const Transaction held(other);
    EXPECT_THROW(writer.run([&](Store& store) { store.lease(run.jobs[0], "w", "i"); }),
                 SqliteError);
  }
  writer.run([&](Store& store) { store.lease(run.jobs[0], "w", "i"); });
  EXPECT_EQ(job(run.jobs[0]).state, JobState::running);
}

TEST_F(StoreWriterTest, CarriesOutWhatWasGivenBeforeItEnds) {
  const Submitted run = submit(50);
  {
    GroupWriter writer(Store::open(file_).value(), 8);
    for (const JobId job : run.jobs) {
      writer.post([job](Store& store) { store.lease(job, "w", "i"); }, [](std::exception_ptr) {});
    }
  }
  EXPECT_EQ(this->run(run.run).running, 50U);
}

}  // namespace
}  // namespace luolab
