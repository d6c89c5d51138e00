// SPDX-License-Identifier: Apache-2.0
// A run in one process: the real store, lab and lease loop, with attempts that need no machine.
#include "cli/local_lab.h"

#include <algorithm>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/post.hpp>
#include <gtest/gtest.h>

#include "core/base/file.h"
#include "core/base/sha256.h"
#include "tests/unit/async/run_task.h"

namespace luolab {
namespace {

using Attempt = std::function<Task<AttemptReport>(const Job&, bool from_power_on)>;

class FunctionRunner final : public AttemptRunner {
 public:
  explicit FunctionRunner(Attempt attempt) : attempt_(std::move(attempt)) {}
  Task<AttemptReport> run(const LeaseGrant& grant, AttemptTies) override {
    return attempt_(grant.job, grant.from_power_on);
  }
  Task<bool> settle(std::int64_t) override { co_return true; }

 private:
  Attempt attempt_;
};

/// Keeps a file as evidence.
class KeepingRunner final : public AttemptRunner {
 public:
  explicit KeepingRunner(std::filesystem::path file) : file_(std::move(file)) {}
  Task<AttemptReport> run(const LeaseGrant&, AttemptTies ties) override {
    AttemptReport report;
    report.verdict = Verdict::PASS;
    report.artifacts.push_back(ties.keep(file_, "evidence"));
    co_return report;
  }
  Task<bool> settle(std::int64_t) override { co_return true; }

 private:
  std::filesystem::path file_;
};

AttemptReport passed() {
  AttemptReport report;
  report.verdict = Verdict::PASS;
  return report;
}

class LocalLabTest : public testing::Test {
 protected:
  LocalLabTest() : folder_(std::filesystem::temp_directory_path()), store_(open()) {
    for (std::uint32_t i = 0; i < 5; ++i) {
      Job job;
      job.scenario = "s";
      job.repetition = i;
      jobs_.push_back(job);
    }
    created_ = store_.create_run({.title = "t"}, jobs_);
  }

  Store open() { return *Store::open(folder_.path() / "luolab.db"); }

  Task<bool> run(Attempt attempt, std::size_t slots) {
    FunctionRunner runner(std::move(attempt));
    LocalLabOptions options{
        .state = folder_.path(), .scratch = folder_.path() / "scratch", .slots = slots};
    options.on_job_ended = [this](JobId, const AttemptReport&) { ++ended_; };
    LocalLab lab(co_await asio::this_coro::executor, open(), runner, std::move(options));
    co_return co_await lab.run(created_, jobs_);
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
  int ended_ = 0;
  asio::io_context io_;
};

TEST_F(LocalLabTest, EveryReportIsStoredAndTheRunIsDone) {
  const Attempt attempt = [](const Job&, bool) -> Task<AttemptReport> { co_return passed(); };
  run_task(io_, run(attempt, 2));
  EXPECT_EQ(count(Verdict::PASS), 5U);
  EXPECT_EQ(store_.run(created_.id)->state, RunState::done);
  EXPECT_EQ(ended_, 5);
}

TEST_F(LocalLabTest, WhatIsKeptLiesInTheStateFolder) {
  const auto run_keeping = [this]() -> Task<bool> {
    write_scratch_file(folder_.path() / "evidence", "seen");
    KeepingRunner runner(folder_.path() / "evidence");
    LocalLabOptions options{.state = folder_.path(), .scratch = folder_.path() / "scratch"};
    LocalLab lab(co_await asio::this_coro::executor, open(), runner, std::move(options));
    co_return co_await lab.run(created_, jobs_);
  };
  run_task(io_, run_keeping());
  const std::string digest = sha256_of("seen");
  EXPECT_EQ(ArtifactStore(artifact_folder(folder_.path())).read(digest).value(), "seen");
}

TEST_F(LocalLabTest, JobsRunInTheirOrder) {
  std::vector<std::uint32_t> order;
  const Attempt attempt = [&](const Job& job, bool) -> Task<AttemptReport> {
    order.push_back(job.repetition);
    co_return passed();
  };
  run_task(io_, run(attempt, 1));
  EXPECT_EQ(order, (std::vector<std::uint32_t>{0, 1, 2, 3, 4}));
}

TEST_F(LocalLabTest, NoMoreJobsThanSlotsRunAtATime) {
  int running = 0, most = 0;
  const Attempt attempt = [&](const Job&, bool) -> Task<AttemptReport> {
    most = std::max(most, ++running);
    co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
    --running;
    co_return passed();
  };
  run_task(io_, run(attempt, 2));
  EXPECT_LE(most, 2);
  EXPECT_EQ(count(Verdict::PASS), 5U);
}

TEST_F(LocalLabTest, AFailOfAForkIsTriedAgainFromPowerOnAndThatVerdictCounts) {
  const Attempt attempt = [](const Job& job, bool from_power_on) -> Task<AttemptReport> {
    AttemptReport report = passed();
    if (from_power_on) co_return report;
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
  EXPECT_EQ(ended_, 5);
}

TEST_F(LocalLabTest, AFailFromPowerOnAndAMissAreNotTriedAgain) {
  const Attempt attempt = [](const Job& job, bool) -> Task<AttemptReport> {
    AttemptReport report;
    report.verdict = job.repetition == 0 ? Verdict::MISS : Verdict::FAIL;
    co_return report;
  };
  run_task(io_, run(attempt, 2));
  EXPECT_EQ(count(Verdict::FAIL), 4U);
  EXPECT_EQ(count(Verdict::MISS), 1U);
  const auto run = *store_.run(created_.id);
  for (const JobRecord& job : run.jobs) EXPECT_EQ(job.attempts, 1U);
}

TEST_F(LocalLabTest, AnInterruptedRunKeepsWhatHadEndedAndCancelsTheRest) {
  int calls = 0;
  asio::cancellation_signal stop;
  const Attempt attempt = [&](const Job&, bool) -> Task<AttemptReport> {
    if (++calls <= 2) co_return passed();
    // What was handed in before has been taken by the time that the third attempt begins.
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

/// A gate makes one run after another: what interrupts it must reach the second as well.
TEST_F(LocalLabTest, WhoeverMakesASecondRunCanStillBeInterrupted) {
  asio::cancellation_signal stop;
  const CreatedRun first = created_;
  const CreatedRun second = store_.create_run({.title = "second"}, jobs_);
  const Attempt attempt = [&](const Job& job, bool) -> Task<AttemptReport> {
    if (created_.id != second.id || job.repetition < 2) co_return passed();
    asio::post(io_, [&] { stop.emit(asio::cancellation_type::terminal); });
    asio::steady_timer never(io_, asio::steady_timer::time_point::max());
    boost::system::error_code interrupted;
    co_await never.async_wait(asio::redirect_error(asio::use_awaitable, interrupted));
    AttemptReport report;
    report.reason = "interrupted";
    co_return report;
  };
  bool went_on = false;
  const auto both = [&]() -> Task<bool> {
    co_await run(attempt, 1);
    created_ = second;
    co_await run(attempt, 1);
    went_on = true;
    co_return true;
  };
  asio::co_spawn(io_, both(),
                 asio::bind_cancellation_slot(stop.slot(), [](std::exception_ptr, bool) {}));
  io_.run();
  EXPECT_FALSE(went_on);
  EXPECT_EQ(count(Verdict::PASS), 2U);
  created_ = first;
  EXPECT_EQ(count(Verdict::PASS), 5U);
}

TEST_F(LocalLabTest, NoWorkerIsWrittenDown) {
  const Attempt attempt = [](const Job&, bool) -> Task<AttemptReport> { co_return passed(); };
  run_task(io_, run(attempt, 1));
  EXPECT_TRUE(store_.workers().empty());
}

/// Five targets in waves of two and three.
class LocalRollout : public LocalLabTest {
 protected:
  void begin(std::uint32_t budget, std::chrono::nanoseconds soak = {}) {
    RolloutSpec spec{.scenario = "s",
                     .waves = {{"t0", "t1"}, {"t2", "t3", "t4"}},
                     .error_budget = budget,
                     .soak = soak};
    for (std::size_t i = 0; i < jobs_.size(); ++i) jobs_[i].target.name = "t" + std::to_string(i);
    NewRun run{.title = "rollout"};
    run.rollouts = {spec};
    created_ = store_.create_run(run, jobs_);
  }
  /// Runs it with `bad` failing; the targets in the order in which they were reached.
  std::vector<std::string> run_with(const std::string& bad, std::size_t slots) {
    std::vector<std::string> reached;
    const Attempt attempt = [&](const Job& job, bool) -> Task<AttemptReport> {
      reached.push_back(job.target.name);
      AttemptReport report = passed();
      if (job.target.name == bad) report.verdict = Verdict::FAIL;
      co_return report;
    };
    run_task(io_, run(attempt, slots));
    return reached;
  }
};

TEST_F(LocalRollout, ABadTargetStopsBeforeTheSecondWave) {
  begin(0);
  EXPECT_EQ(run_with("t1", 2), (std::vector<std::string>{"t0", "t1"}));
  EXPECT_EQ(ended_, 5);
  const auto run = *store_.run(created_.id);
  EXPECT_EQ(run.rollouts.at(0).state, RolloutState::stopped);
  EXPECT_EQ(run.jobs[4].state, JobState::canceled);
  EXPECT_EQ(figures_of(run.rollouts[0]).spared, 3U);
}

TEST_F(LocalRollout, WithinTheBudgetAllAreReachedWaveByWaveAsSlotsAllow) {
  begin(1);
  EXPECT_EQ(run_with("t0", 4).size(), 5U);
  EXPECT_EQ(store_.run(created_.id)->rollouts.at(0).state, RolloutState::complete);
  EXPECT_EQ(count(Verdict::PASS), 4U);
}

TEST_F(LocalRollout, TheNextWaveComesOutAfterTheSoak) {
  begin(0, std::chrono::milliseconds(1));
  EXPECT_EQ(run_with("", 1).size(), 5U);
  EXPECT_EQ(store_.run(created_.id)->rollouts.at(0).state, RolloutState::complete);
}

}  // namespace
}  // namespace luolab
