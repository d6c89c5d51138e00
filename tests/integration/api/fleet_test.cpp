// SPDX-License-Identifier: Apache-2.0
// Which worker may have which job, when, and why not.
#include <fmt/format.h>

#include "tests/integration/api/api_test.h"
#include "tests/unit/db/sample_run.h"

namespace luolab {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class Fleet : public ApiTest {
 protected:
  ApiAnswer why(const std::string& job) { return client().get("/api/v1/jobs/" + job + "/why"); }
  std::string status(const SimulatedWorker& worker) {
    return client().get(worker.path()).text("status");
  }
};

TEST_F(Fleet, AWorkerThatKeepsMissingIsQuarantinedUntilItPassesAHealthCheck) {
  options_.lab.health = {.misses = 2, .first_check = 1ns, .last_check = 1h};
  options_.lab.health_check = {sample_job()};
  options_.lab.most_misses = 10;
  start();
  submit(3);
  SimulatedWorker worker = connected("w1");
  worker.work(Verdict::MISS, "no qemu");
  EXPECT_EQ(status(worker), "online");
  worker.work(Verdict::MISS, "no qemu");
  wait_for("worker.quarantined", "worker=w1");
  EXPECT_EQ(status(worker), "quarantined");
  EXPECT_THAT(client().get(worker.path()).text("reason"), HasSubstr("in a row ended in MISS"));
  const LeaseGrant check = worker.lease();
  EXPECT_EQ(check.job.scenario, "sample");
  EXPECT_EQ(worker.report(check.attempt, Verdict::PASS), 204);
  wait_for("worker.healthy", "worker=w1");
  EXPECT_EQ(status(worker), "online");
  EXPECT_EQ(worker.work(Verdict::PASS).job.scenario, "small");
}

TEST_F(Fleet, AQuarantineIsRememberedOverARestartAndAnOperatorCanEndIt) {
  options_.lab.health = {.misses = 1, .first_check = 1h, .last_check = 1h};
  start();
  submit();
  connected("w1").work(Verdict::MISS, "no qemu");
  wait_for("worker.quarantined", "worker=w1");
  restart();
  SimulatedWorker worker = connected("w1");
  EXPECT_EQ(status(worker), "quarantined");
  EXPECT_TRUE(worker.finds_nothing());
  EXPECT_EQ(why("j1").text("code"), "no-worker-fits");
  EXPECT_EQ(client().send("POST", worker.path("/trust")).text("status"), "online");
  EXPECT_EQ(worker.lease().job_id, 1);
}

TEST_F(Fleet, ADrainedWorkerFinishesWhatItHasAndTakesNothingNewUntilItIsResumed) {
  start();
  submit(2);
  SimulatedWorker worker = connected("w1");
  const LeaseGrant grant = worker.lease();
  const auto set = [&](const char* state) {
    return client().send("PATCH", worker.path(), boost::json::object{{"state", state}});
  };
  EXPECT_EQ(set("draining").text("status"), "draining");
  EXPECT_TRUE(worker.heartbeat({grant.attempt}).drain);
  EXPECT_EQ(worker.report(grant.attempt, Verdict::PASS), 204);
  EXPECT_TRUE(worker.finds_nothing());
  EXPECT_EQ(set("ready").text("status"), "online");
  EXPECT_FALSE(worker.heartbeat({}).drain);
  worker.work(Verdict::PASS);
  EXPECT_EQ(set("lost").status, 400);
  EXPECT_EQ(client().send("PATCH", worker.path(), boost::json::object{}).status, 400);
}

TEST_F(Fleet, AJobThatWaitsTooLongEndsAsAMissThatSaysSo) {
  start();
  const std::string run = client().submit(scenario(2, "timeouts: {queue: 1s}\n")).text("run");
  const auto jobs = jobs_of(run);
  for (const std::string& job : jobs) wait_for("job.expired", "job=" + job);
  EXPECT_EQ(this->run(run).at("state").as_string(), "done");
  EXPECT_EQ(job(jobs[0]).at("verdict").as_string(), "MISS");
  EXPECT_THAT(std::string(job(jobs[0]).at("reason").as_string()), HasSubstr("timeouts.queue"));
  EXPECT_TRUE(connected("w1").finds_nothing());
}

TEST_F(Fleet, TheMoreUrgentJobGoesFirst) {
  start();
  submit(1, "?priority=10");
  const std::string urgent = submit(1, "?priority=90");
  SimulatedWorker worker = connected("w1");
  EXPECT_EQ(std::to_string(worker.work(Verdict::PASS).run), urgent);
  EXPECT_NE(std::to_string(worker.work(Verdict::PASS).run), urgent);
}

TEST_F(Fleet, WhyAJobWaitsIsSaidInWords) {
  start();
  submit();
  EXPECT_THAT(why("j1").text("text"), HasSubstr("no worker"));
  SimulatedWorker small = worker("w1");
  small.hello.memory_bytes = 1 << 20;
  small.connect();
  EXPECT_THAT(why("j1").text("text"), HasSubstr("memory"));
  SimulatedWorker right = connected("w2");
  const LeaseGrant grant = right.lease();
  EXPECT_EQ(why("j1").text("code"), "not-waiting");
  EXPECT_THAT(why("j1").text("text"), HasSubstr("runs on w2"));
  right.report(grant.attempt, Verdict::PASS);
  EXPECT_THAT(why("j1").text("text"), HasSubstr("has ended: PASS"));
  EXPECT_EQ(why("j7").status, 404);
}

TEST_F(Fleet, AWorkerThatIsRemovedLosesWhatItHas) {
  start();
  submit();
  SimulatedWorker worker = connected("w1");
  const LeaseGrant grant = worker.lease();
  EXPECT_EQ(client().send("DELETE", worker.path()).status, 204);
  wait_for("job.requeued", fmt::format("job=j{}", grant.job_id));
  EXPECT_EQ(worker.ask(0s).problem(), "unknown-instance");
  EXPECT_EQ(worker.report(grant.attempt, Verdict::PASS), 409);
  EXPECT_EQ(connected("w2").lease().job_id, grant.job_id);
}

TEST_F(Fleet, ASilentWorkerIsOfflineAndSaysSinceWhen) {
  options_.lab.lease = 600ms;
  start();
  SimulatedWorker worker = connected("w1");
  wait_for("worker.left", "worker=w1");
  EXPECT_EQ(status(worker), "offline");
  EXPECT_THAT(client().get(worker.path()).text("reason"), HasSubstr("last seen"));
}

TEST_F(Fleet, OneSubmitterCanNotHaveMoreThanTheLimit) {
  options_.lab.scheduling.per_submitter = 1;
  start();
  const std::string second = jobs_of(submit(2)).back();
  SimulatedWorker worker = connected("w1");
  const LeaseGrant first = worker.lease();
  EXPECT_EQ(worker.ask(50ms, {first.attempt}).status, 204);
  EXPECT_EQ(why(second).text("code"), "submitter-limit");
  worker.report(first.attempt, Verdict::PASS);
  EXPECT_NE(worker.lease().job_id, first.job_id);
}

}  // namespace
}  // namespace luolab
