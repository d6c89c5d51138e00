// SPDX-License-Identifier: Apache-2.0
// A FAIL that a fork shows, tried again from power-on: with real machines.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/local_lab.h"
#include "tests/kernel/lab_fixture.h"
#include "tests/unit/async/run_task.h"
#include "worker/run/agent_request.h"
#include "worker/run/template_pool.h"

namespace luolab {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

using MakeAttempt = std::function<Task<AttemptReport>(const Job& job)>;

class FunctionRunner final : public AttemptRunner {
 public:
  explicit FunctionRunner(MakeAttempt make) : make_(std::move(make)) {}
  Task<AttemptReport> run(const LeaseGrant& grant, AttemptTies) override {
    Job job = grant.job;
    if (grant.from_power_on) job.fork = Fork::never;
    co_return co_await make_(job);
  }
  Task<bool> settle(std::int64_t) override { co_return true; }

 private:
  MakeAttempt make_;
};

class ForkConfirmed : public LabFixture {
 protected:
  /// Two like jobs; the first one's memory is changed behind the kernel's back in those attempts
  /// for which `spoils` is true.
  RunRecord run_two(const std::function<bool(const Job&)>& spoils) {
    std::vector<Job> jobs(2, quickstart());
    jobs[1].repetition = 1;
    TempDir folder(std::filesystem::temp_directory_path());
    Store store = *Store::open(folder.path() / "luolab.db");
    const CreatedRun created = store.create_run({.title = "t"}, jobs);
    asio::io_context io;
    TemplatePool pool(io.get_executor(), jobs);
    const MakeAttempt attempt = [&](const Job& job) -> Task<AttemptReport> {
      AttemptHooks hooks;
      if (job.repetition == 0 && spoils(job)) {
        hooks.tampering.push_back(agent_request::memfd_write("quickstart/random", 4096, "5a5a"));
      }
      Attempt made(*this, io, std::move(hooks), &pool);
      co_return co_await run_attempt(job, made.context);
    };
    FunctionRunner runner(attempt);
    LocalLabOptions options{.state = folder.path(), .scratch = folder.path() / "scratch"};
    LocalLab lab(io.get_executor(), *Store::open(folder.path() / "luolab.db"), runner,
                 std::move(options));
    run_task(io, lab.run(created, jobs));
    return *store.run(created.id);
  }
};

TEST_F(ForkConfirmed, AFailThatPowerOnShowsTooStandsAndSaysSo) {
  const RunRecord run = run_two([](const Job&) { return true; });
  EXPECT_EQ(run.jobs[0].verdict, Verdict::FAIL);
  EXPECT_EQ(run.jobs[0].attempts, 2U);
  EXPECT_THAT(run.jobs[0].reason, StartsWith("confirmed from power-on: "));
  ASSERT_TRUE(run.jobs[0].report);
  EXPECT_EQ(run.jobs[0].report->start, StartPoint::power_on);
  EXPECT_EQ(run.jobs[1].verdict, Verdict::PASS) << run.jobs[1].reason;
  EXPECT_EQ(run.jobs[1].attempts, 1U);
}

TEST_F(ForkConfirmed, AFailThatOnlyTheForkShowsIsNotTheKernels) {
  const RunRecord run = run_two([](const Job& job) { return job.fork != Fork::never; });
  EXPECT_EQ(run.jobs[0].verdict, Verdict::PASS);
  EXPECT_THAT(run.jobs[0].reason, StartsWith("only in a fork: "));
  EXPECT_THAT(run.jobs[0].reason, HasSubstr("content of quickstart/random"));
  EXPECT_EQ(run.jobs[1].verdict, Verdict::PASS) << run.jobs[1].reason;
}

}  // namespace
}  // namespace luolab
