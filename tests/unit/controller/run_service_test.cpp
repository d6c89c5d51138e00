// SPDX-License-Identifier: Apache-2.0
#include "controller/run_service.h"

#include <algorithm>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <gtest/gtest.h>

#include "core/base/file.h"
#include "tests/unit/async/run_task.h"

namespace luolab {
namespace {

struct Watcher final : RunObserver {
  void job_started(JobId, const Job&) override { ++started; }
  void job_activity(JobId, std::string_view) override { ++activities; }
  void job_ended(JobId, const Job&, const AttemptReport&) override { ++ended; }
  int started = 0, activities = 0, ended = 0;
};

class RunServiceTest : public testing::Test {
 protected:
  RunServiceTest()
      : folder_(std::filesystem::temp_directory_path()),
        store_(*Store::open(folder_.path() / "luolab.db")) {
    for (std::uint32_t i = 0; i < 5; ++i) {
      Job job;
      job.scenario = "s";
      job.repetition = i;
      jobs_.push_back(job);
    }
    created_ = store_.create_run({.title = "t"}, jobs_);
  }

  Task<bool> run(AttemptFunction attempt, std::size_t slots) {
    RunService service(store_, std::move(attempt), watcher_);
    co_await service.run(created_, jobs_, slots);
    co_return true;
  }

  std::size_t count(Verdict verdict) {
    const auto run = *store_.run(created_.id);
    return static_cast<std::size_t>(std::ranges::count_if(
        run.jobs, [&](const JobRecord& job) { return job.verdict == verdict; }));
  }

  TempDir folder_;
  Store store_;
  std::vector<Job> jobs_;
  CreatedRun created_;
  Watcher watcher_;
  asio::io_context io_;
};

AttemptReport passed() {
  AttemptReport report;
  report.verdict = Verdict::PASS;
  return report;
}

TEST_F(RunServiceTest, EveryReportIsStoredAndTheRunIsDone) {
  const AttemptFunction attempt =
      [](const Job&, std::function<void(std::string_view)> tell) -> Task<AttemptReport> {
    tell("working");
    co_return passed();
  };
  run_task(io_, run(attempt, 2));
  EXPECT_EQ(count(Verdict::PASS), 5U);
  EXPECT_EQ(store_.run(created_.id)->state, RunState::done);
  EXPECT_EQ(watcher_.started, 5);
  EXPECT_EQ(watcher_.activities, 5);
  EXPECT_EQ(watcher_.ended, 5);
}

TEST_F(RunServiceTest, NoMoreJobsThanSlotsRunAtATime) {
  int running = 0, most = 0;
  const AttemptFunction attempt =
      [&](const Job&, std::function<void(std::string_view)>) -> Task<AttemptReport> {
    most = std::max(most, ++running);
    co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
    --running;
    co_return passed();
  };
  run_task(io_, run(attempt, 2));
  EXPECT_EQ(most, 2);
}

TEST_F(RunServiceTest, AFailOfAForkIsTriedAgainFromPowerOnAndThatVerdictCounts) {
  const AttemptFunction attempt = [](const Job& job,
                                     std::function<void(std::string_view)>) -> Task<AttemptReport> {
    AttemptReport report = passed();
    if (job.fork == Fork::never) co_return report;
    report.start = StartPoint::booted;
    if (job.repetition < 2) report.verdict = Verdict::FAIL;
    co_return report;
  };
  run_task(io_, run(attempt, 2));
  const auto run = *store_.run(created_.id);
  EXPECT_EQ(count(Verdict::PASS), 5U);
  for (const JobRecord& job : run.jobs) {
    const bool again = job.job.repetition < 2;
    EXPECT_EQ(job.attempts, again ? 2U : 1U);
    EXPECT_EQ(job.reason.starts_with("only in a fork"), again) << job.reason;
    EXPECT_EQ(job.report->start, again ? StartPoint::power_on : StartPoint::booted);
  }
  EXPECT_EQ(watcher_.started, 5);
  EXPECT_EQ(watcher_.ended, 5);
}

TEST_F(RunServiceTest, AFailFromPowerOnIsNotTriedAgain) {
  const AttemptFunction attempt = [](const Job&,
                                     std::function<void(std::string_view)>) -> Task<AttemptReport> {
    AttemptReport report;
    report.verdict = Verdict::FAIL;
    co_return report;
  };
  run_task(io_, run(attempt, 2));
  EXPECT_EQ(count(Verdict::FAIL), 5U);
  const auto run = *store_.run(created_.id);
  for (const JobRecord& job : run.jobs) EXPECT_EQ(job.attempts, 1U);
}

TEST_F(RunServiceTest, AnInterruptedRunKeepsWhatHadEndedAndCancelsTheRest) {
  int calls = 0;
  asio::cancellation_signal stop;
  const AttemptFunction attempt =
      [&](const Job&, std::function<void(std::string_view)>) -> Task<AttemptReport> {
    if (++calls <= 2) co_return passed();
    asio::post(io_, [&] { stop.emit(asio::cancellation_type::terminal); });
    asio::steady_timer never(co_await asio::this_coro::executor,
                             asio::steady_timer::time_point::max());
    co_await never.async_wait(asio::use_awaitable);
    co_return passed();
  };
  asio::co_spawn(io_, run(attempt, 1),
                 asio::bind_cancellation_slot(stop.slot(), [](std::exception_ptr, bool) {}));
  io_.run();
  EXPECT_EQ(count(Verdict::PASS), 2U);
  EXPECT_EQ(count(Verdict::MISS), 3U);
  EXPECT_EQ(store_.run(created_.id)->state, RunState::done);
}

}  // namespace
}  // namespace luolab
