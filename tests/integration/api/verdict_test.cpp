// SPDX-License-Identifier: Apache-2.0
// What becomes of a job whose attempts fail, miss, or are lost.
#include <set>

#include "tests/integration/api/api_test.h"

namespace luolab {
namespace {

using testing::HasSubstr;

class Verdicts : public ApiTest {
 protected:
  void SetUp() override {
    options_.lab.health.misses = 100;  // who misses is not what these tests are about
    start();
  }
  std::string reason(const LeaseGrant& grant) {
    return std::string(job("j" + std::to_string(grant.job_id)).at("reason").as_string());
  }
  std::string verdict(const LeaseGrant& grant) {
    return boost::json::serialize(job("j" + std::to_string(grant.job_id)).at("verdict"));
  }
};

TEST_F(Verdicts, AFailIsRunAgainAndConfirmed) {
  SimulatedWorker worker = connected("w1");
  submit(1, "?confirm=2");
  const LeaseGrant first = worker.work(Verdict::FAIL, "ram differs");
  EXPECT_EQ(verdict(first), "null");
  EXPECT_EQ(worker.work(Verdict::FAIL, "ram differs").job_id, first.job_id);
  const LeaseGrant third = worker.work(Verdict::FAIL, "ram differs");
  EXPECT_EQ(third.number, 3u);
  EXPECT_EQ(verdict(third), "\"FAIL\"");
  EXPECT_THAT(reason(third), HasSubstr("confirmed in 3 of 3 attempts: ram differs"));
  EXPECT_TRUE(worker.finds_nothing());
}

TEST_F(Verdicts, AFailThatDoesNotComeBackIsFlakyAndStillAFail) {
  SimulatedWorker worker = connected("w1");
  submit(1, "?confirm=1");
  worker.work(Verdict::FAIL, "ram differs");
  const LeaseGrant second = worker.work(Verdict::PASS);
  EXPECT_EQ(verdict(second), "\"FAIL\"");
  EXPECT_THAT(reason(second), HasSubstr("flaky: failed in 1 of 2 attempts"));
}

TEST_F(Verdicts, WithoutConfirmationAFailIsTheLastWord) {
  SimulatedWorker worker = connected("w1");
  submit(1, "?confirm=0");
  EXPECT_EQ(verdict(worker.work(Verdict::FAIL)), "\"FAIL\"");
  EXPECT_TRUE(worker.finds_nothing());
}

TEST_F(Verdicts, AFailInAForkIsTriedFromPowerOn) {
  SimulatedWorker worker = connected("w1");
  submit(1, "?confirm=0");
  const LeaseGrant forked = worker.lease();
  EXPECT_FALSE(forked.from_power_on);
  AttemptReport report = plain_report(Verdict::FAIL, "ram differs");
  report.start = StartPoint::prepared;
  EXPECT_EQ(worker.report(forked.attempt, report).status, 204);
  const LeaseGrant again = worker.lease();
  EXPECT_TRUE(again.from_power_on);
  EXPECT_EQ(worker.report(again.attempt, Verdict::PASS), 204);
  EXPECT_EQ(verdict(again), "\"PASS\"");
  EXPECT_THAT(reason(again), HasSubstr("only in a fork: ram differs"));
}

TEST_F(Verdicts, AMissIsTriedElsewhereUpToTheBound) {
  submit();
  SimulatedWorker first = connected("w1");
  SimulatedWorker second = connected("w2");
  SimulatedWorker third = connected("w3");
  std::set<std::int64_t> jobs;
  jobs.insert(first.work(Verdict::MISS, "no qemu").job_id);
  EXPECT_TRUE(first.finds_nothing());  // the others have not tried it
  jobs.insert(second.work(Verdict::MISS, "no disk").job_id);
  EXPECT_TRUE(first.finds_nothing());
  const LeaseGrant last = third.work(Verdict::MISS, "no power");
  jobs.insert(last.job_id);
  EXPECT_EQ(jobs.size(), 1u);
  EXPECT_EQ(verdict(last), "\"MISS\"");
  EXPECT_THAT(reason(last), HasSubstr("failed 3 times, last on w3: no power"));
}

TEST_F(Verdicts, AMissAmongConfirmationsIsMadeUpFor) {
  SimulatedWorker worker = connected("w1");
  submit(1, "?confirm=1");
  worker.work(Verdict::FAIL, "ram differs");
  worker.work(Verdict::MISS, "no qemu");
  const LeaseGrant last = worker.work(Verdict::FAIL, "ram differs");
  EXPECT_THAT(reason(last), HasSubstr("confirmed in 2 of 2 attempts"));
}

TEST_F(Verdicts, ARetryOpensTheRunAgainAndCanMendWhatTheTestDid) {
  SimulatedWorker worker = connected("w1");
  const std::string run = submit(2);
  worker.work(Verdict::ERROR, "no such step");
  worker.work(Verdict::PASS);
  EXPECT_EQ(this->run(run).at("state").as_string(), "done");
  EXPECT_EQ(client().send("POST", "/api/v1/runs/" + run + "/retry").json().at("jobs").as_int64(),
            1);
  EXPECT_EQ(this->run(run).at("state").as_string(), "running");
  EXPECT_EQ(worker.work(Verdict::PASS).number, 2u);
  EXPECT_EQ(this->run(run).at("state").as_string(), "done");
  EXPECT_EQ(this->run(run).at("verdicts").at("PASS").as_int64(), 2);
}

TEST_F(Verdicts, ARetryByHandBeginsANewCountOfTheLabsTroubles) {
  const std::string run = submit();
  for (const char* name : {"w1", "w2", "w3"}) {
    SimulatedWorker worker = connected(name);
    worker.work(Verdict::MISS, "no qemu");
  }
  EXPECT_EQ(this->run(run).at("state").as_string(), "done");
  client().send("POST", "/api/v1/runs/" + run + "/retry");
  SimulatedWorker fourth = connected("w4");
  fourth.work(Verdict::MISS, "no qemu");
  EXPECT_EQ(this->run(run).at("state").as_string(), "running") << "two more misses are allowed";
  SimulatedWorker fifth = connected("w5");
  EXPECT_EQ(verdict(fifth.work(Verdict::PASS)), "\"PASS\"");
}

TEST_F(Verdicts, ARetryDoesNotTakeBackWhatTheKernelDid) {
  SimulatedWorker worker = connected("w1");
  const std::string run = submit(1, "?confirm=0");
  worker.work(Verdict::FAIL, "ram differs");
  client().send("POST", "/api/v1/runs/" + run + "/retry");
  const LeaseGrant again = worker.work(Verdict::PASS);
  EXPECT_EQ(verdict(again), "\"FAIL\"");
  EXPECT_THAT(reason(again), HasSubstr("flaky: failed in 1 of 2 attempts: ram differs"));
}

}  // namespace
}  // namespace luolab
