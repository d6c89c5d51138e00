// SPDX-License-Identifier: Apache-2.0
// A rollout over HTTP: a simulated worker reaches every target.
#include <fmt/format.h>

#include "tests/integration/api/api_test.h"

namespace luolab {
namespace {

using testing::HasSubstr;

class RolloutRoutes : public ApiTest {
 protected:
  /// Two waves of two targets; the run.
  std::string submit_rollout(int budget) {
    const std::string more = fmt::format(
        "rollout: {{targets: [t1, t2, t3, t4], canary: 2, error_budget: {}}}\n", budget);
    const ApiAnswer answer = client().submit(scenario(1, more), "?confirm=0");
    EXPECT_EQ(answer.status, 201) << answer.body;
    return answer.text("run");
  }
  SimulatedWorker fleet() {
    SimulatedWorker made = worker("w1");
    made.hello.targets = {"t1", "t2", "t3", "t4"};
    made.connect();
    return made;
  }
  boost::json::object rollout(const std::string& run) {
    return client().get("/api/v1/runs/" + run).json().at("rollouts").at(0).as_object();
  }
  boost::json::object why(const std::string& job) {
    return client().get("/api/v1/jobs/" + job + "/why").json();
  }
  std::string state_of(const std::string& id) {
    return std::string(job(id).at("state").as_string());
  }
};

TEST_F(RolloutRoutes, ABadCanaryStopsTheRolloutBeforeTheSecondWave) {
  start();
  const std::string run = submit_rollout(0);
  const auto jobs = jobs_of(run);
  SimulatedWorker worker = fleet();
  const LeaseGrant first = worker.lease();
  EXPECT_EQ(why(jobs[2]).at("code").as_string(), "rollout");
  EXPECT_EQ(why(jobs[2]).at("text").as_string(), "waits for wave 1 of the rollout");
  EXPECT_EQ(rollout(run).at("standing").as_string(), "wave 1 (canary) of 2 is out");
  worker.build(first);
  EXPECT_EQ(worker.report(first.attempt, Verdict::FAIL, "panic"), 204);
  EXPECT_TRUE(worker.finds_nothing());
  for (std::size_t i = 1; i < 4; ++i) EXPECT_EQ(state_of(jobs[i]), "canceled");
  EXPECT_EQ(this->run(run).at("state").as_string(), "done");
  const boost::json::object stopped = rollout(run);
  EXPECT_EQ(stopped.at("state").as_string(), "stopped");
  EXPECT_THAT(stopped.at("reason").as_string().c_str(),
              HasSubstr("1 of 2 targets failed, the kernel's fault (t1: FAIL: panic)"));
  EXPECT_EQ(stopped.at("fleet").at("failed").to_number<int>(), 1);
  EXPECT_EQ(stopped.at("fleet").at("spared").to_number<int>(), 3);
  EXPECT_THAT(stopped.at("fleet").at("summary").as_string().c_str(),
              HasSubstr("0 of 4 targets updated (0 %), 1 failed (kernel), 3 spared"));
  EXPECT_EQ(stopped.at("targets").at(0).at("state").as_string(), "failed");
  EXPECT_EQ(stopped.at("waves").as_array().size(), 2U);
}

TEST_F(RolloutRoutes, WithinTheBudgetTheNextWaveComesOut) {
  start();
  const std::string run = submit_rollout(1);
  SimulatedWorker worker = fleet();
  const LeaseGrant first = worker.lease();
  worker.build(first);
  EXPECT_EQ(worker.report(first.attempt, Verdict::FAIL), 204);
  EXPECT_EQ(worker.work(Verdict::PASS).job.target.name, "t2");
  worker.work(Verdict::PASS);
  EXPECT_EQ(worker.work(Verdict::PASS).job.target.name, "t4");
  EXPECT_EQ(rollout(run).at("state").as_string(), "complete");
  EXPECT_EQ(rollout(run).at("fleet").at("updated").to_number<int>(), 3);
  EXPECT_EQ(rollout(run).at("fleet").at("worst_target").as_string(), "t4") << "the last of equals";
}

TEST_F(RolloutRoutes, AControllerThatIsStartedAnewKnowsWhichWaveIsOut) {
  start();
  const std::string run = submit_rollout(0);
  const auto jobs = jobs_of(run);
  {
    SimulatedWorker worker = fleet();
    const LeaseGrant first = worker.lease();
    worker.build(first);
    EXPECT_EQ(worker.report(first.attempt, Verdict::PASS), 204);
  }
  restart();
  {
    SimulatedWorker worker = fleet();
    EXPECT_EQ(why(jobs[2]).at("code").as_string(), "rollout");
    EXPECT_EQ(worker.work(Verdict::PASS).job.target.name, "t2");
    EXPECT_NE(why(jobs[2]).at("code").as_string(), "rollout");
  }
  restart();
  SimulatedWorker worker = fleet();
  EXPECT_EQ(worker.work(Verdict::PASS).job.target.name, "t3");
  EXPECT_EQ(worker.work(Verdict::PASS).job.target.name, "t4");
  EXPECT_EQ(rollout(run).at("state").as_string(), "complete");
}

TEST_F(RolloutRoutes, ASoakIsWaitedForAlsoAcrossARestart) {
  start();
  const ApiAnswer answer = client().submit(
      scenario(1, "rollout: {targets: [t1, t2], canary: 1, soak: 1s}\n"), "?confirm=0");
  SimulatedWorker before = fleet();
  const LeaseGrant first = before.lease();
  before.build(first);
  EXPECT_EQ(before.report(first.attempt, Verdict::PASS), 204);
  restart();
  SimulatedWorker worker = fleet();
  EXPECT_EQ(worker.lease().job.target.name, "t2");
}

TEST_F(RolloutRoutes, RetryingAfterTheLabsTroubleGoesOnWaveByWave) {
  options_.lab.most_misses = 1;
  start();
  const std::string run = submit_rollout(0);
  SimulatedWorker worker = fleet();
  const LeaseGrant first = worker.lease();
  worker.build(first);
  EXPECT_EQ(worker.report(first.attempt, Verdict::MISS), 204);
  EXPECT_THAT(rollout(run).at("reason").as_string().c_str(), HasSubstr("the lab's fault"));
  const ApiAnswer again = client().send("POST", "/api/v1/runs/" + run + "/retry");
  EXPECT_EQ(again.json().at("jobs").to_number<int>(), 4);
  for (const std::string target : {"t1", "t2", "t3", "t4"})
    EXPECT_EQ(worker.work(Verdict::PASS).job.target.name, target);
  EXPECT_EQ(rollout(run).at("state").as_string(), "complete");
}

}  // namespace
}  // namespace luolab
