// SPDX-License-Identifier: Apache-2.0
// Jobs of a run that go on from one saved machine, on real kernels.
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/kernel/lab_fixture.h"
#include "tests/unit/async/run_task.h"
#include "worker/run/agent_request.h"
#include "worker/run/template_pool.h"

namespace luolab {
namespace {

using testing::HasSubstr;

class ForkedRun : public LabFixture {
 protected:
  /// The reports of the jobs, run one after the other with one pool. `hooks_of` may be empty.
  std::vector<AttemptReport> run_all(
      const std::vector<Job>& jobs, const std::function<AttemptHooks(std::size_t)>& hooks_of = {}) {
    asio::io_context io;
    TemplatePool pool(io.get_executor(), jobs);
    std::vector<AttemptReport> reports;
    for (std::size_t i = 0; i < jobs.size(); ++i) {
      reports.push_back(run(io, jobs[i], hooks_of ? hooks_of(i) : AttemptHooks{}, &pool));
      consoles_.push_back(console());
    }
    EXPECT_EQ(pool.size(), 0U) << "every machine goes with its last job";
    return reports;
  }

  static Job small_job() {
    Job job = quickstart();
    for (MemfdSpec& memfd : job.sessions[0].memfds) memfd.size_bytes = 1 << 20;
    return job;
  }

  std::vector<std::string> consoles_;
};

std::size_t count_of(const std::string& text, const std::string& word) {
  std::size_t count = 0;
  for (std::size_t at = 0; (at = text.find(word, at)) != std::string::npos; ++at) ++count;
  return count;
}

void expect_all_proofs(const AttemptReport& report) {
  EXPECT_EQ(report.verdict, Verdict::PASS) << report.reason;
  for (const char* proof :
       {"continuity.nonce", "continuity.boot-id", "continuity.build-id", "continuity.banners"}) {
    EXPECT_EQ(check_of(report, proof).verdict, Verdict::PASS) << proof;
  }
}

TEST_F(ForkedRun, JobsOfAMatrixForkFromOnePreparedMachineAndEachProvesItsOwnContinuity) {
  const Job pair = jobs_of("scenarios/library/version-pair.yaml").front();
  std::vector<Job> jobs(3, small_job());
  jobs[0].kernels = {pair.kernels[pair.hops[0]], pair.kernels[pair.outgoing]};
  jobs[0].outgoing = 0;
  jobs[0].hops = {1};
  jobs[1].kernels = jobs[2].kernels = {jobs[0].kernels[0]};
  const auto reports = run_all(jobs);
  std::set<std::string> incoming_boots, outgoing_boots;
  for (const AttemptReport& report : reports) {
    expect_all_proofs(report);
    EXPECT_EQ(report.start, StartPoint::prepared);
    ASSERT_EQ(report.hops.size(), 1U);
    incoming_boots.insert(report.hops[0].incoming_boot_id);
    outgoing_boots.insert(report.hops[0].outgoing_boot_id);
  }
  EXPECT_EQ(outgoing_boots.size(), 1U) << "booted once";
  EXPECT_EQ(incoming_boots.size(), 3U) << "each made its own kexec";
  EXPECT_NE(reports[0].hops[0].incoming_build, reports[1].hops[0].incoming_build);
}

TEST_F(ForkedRun, TheConsoleOfAForkBeginsWithPowerOn) {
  const auto reports = run_all({small_job(), small_job()});
  for (const std::string& text : consoles_) {
    EXPECT_EQ(count_of(text, "Linux version"), 2U) << "of the outgoing and the incoming kernel";
  }
}

TEST_F(ForkedRun, AJobWithOtherSessionsStartsAtTheBootedMachine) {
  std::vector<Job> jobs(3, quickstart());
  jobs[2].sessions[0].memfds[0].size_bytes = 4097;
  const auto reports = run_all(jobs);
  for (const AttemptReport& report : reports) expect_all_proofs(report);
  EXPECT_EQ(reports[0].start, StartPoint::prepared);
  EXPECT_EQ(reports[1].start, StartPoint::prepared);
  EXPECT_EQ(reports[2].start, StartPoint::booted);
}

TEST_F(ForkedRun, AJobThatForbidsItStartsFromPowerOn) {
  std::vector<Job> jobs(3, small_job());
  jobs[1].fork = Fork::never;
  const auto reports = run_all(jobs);
  for (const AttemptReport& report : reports) expect_all_proofs(report);
  EXPECT_EQ(reports[0].start, StartPoint::prepared);
  EXPECT_EQ(reports[1].start, StartPoint::power_on);
  EXPECT_EQ(reports[2].start, StartPoint::prepared);
  EXPECT_NE(reports[1].hops[0].outgoing_boot_id, reports[0].hops[0].outgoing_boot_id);
}

TEST_F(ForkedRun, AHandedOverMachineIsRetrievedFromTwice) {
  std::vector<Job> jobs(2, small_job());
  for (Job& job : jobs) job.fork = Fork::after_kexec;
  const auto reports = run_all(jobs);
  for (const AttemptReport& report : reports) {
    expect_all_proofs(report);
    EXPECT_EQ(report.start, StartPoint::handed_over);
  }
  EXPECT_EQ(reports[0].hops[0].incoming_boot_id, reports[1].hops[0].incoming_boot_id);
}

TEST_F(ForkedRun, OneForkThatIsTamperedWithDoesNotSpoilTheNext) {
  const std::vector<Job> jobs(3, small_job());
  const auto flip_in_the_second = [](std::size_t job) {
    AttemptHooks hooks;
    if (job == 1) {
      hooks.tampering.push_back(agent_request::memfd_write("quickstart/random", 4096, "5a5a5a5a"));
    }
    return hooks;
  };
  const auto reports = run_all(jobs, flip_in_the_second);
  expect_all_proofs(reports[0]);
  EXPECT_EQ(reports[1].verdict, Verdict::FAIL) << reports[1].reason;
  EXPECT_EQ(reports[1].start, StartPoint::prepared);
  expect_all_proofs(reports[2]);
}

TEST_F(ForkedRun, AKernelThatDiesWhileItBootsIsFoundByEachJobItself) {
  Job job = small_job();
  job.target.cmdline = {"rdinit=/nothing", "init=/nothing"};
  const auto reports = run_all({job, job});
  for (const AttemptReport& report : reports) {
    EXPECT_EQ(report.verdict, Verdict::FAIL);
    EXPECT_EQ(report.start, StartPoint::power_on) << "no fork has this on its record";
    EXPECT_THAT(report.reason, HasSubstr("Kernel panic"));
  }
}

}  // namespace
}  // namespace luolab
