// SPDX-License-Identifier: Apache-2.0
// Who has an attempt, and who has it no longer.
#include <fmt/format.h>

#include "core/protocol/json.h"
#include "tests/integration/api/api_test.h"

namespace luolab {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string of_job(const LeaseGrant& grant) { return fmt::format("job=j{}", grant.job_id); }

class Leases : public ApiTest {
 protected:
  std::string state_of(const LeaseGrant& grant) {
    return std::string(job(fmt::format("j{}", grant.job_id)).at("state").as_string());
  }
};

TEST_F(Leases, AGrantThatGotLostIsGivenAgain) {
  start();
  submit(2);
  SimulatedWorker worker = connected("w1");
  const LeaseGrant lost = worker.lease();
  const LeaseGrant again = worker.lease();  // it holds nothing: the answer never came
  EXPECT_EQ(again.attempt, lost.attempt);
  EXPECT_EQ(again.job.scenario, lost.job.scenario);
  EXPECT_EQ(again.builds.size(), lost.builds.size());
  worker.build(again);
  const LeaseGrant next = worker.lease({again.attempt});
  EXPECT_NE(next.job_id, lost.job_id);
}

TEST_F(Leases, AReportIsTakenOnceHoweverOftenItComes) {
  start();
  const std::string run = submit();
  SimulatedWorker worker = connected("w1");
  const LeaseGrant grant = worker.work(Verdict::PASS);
  const std::string before = state_text();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(worker.report(grant.attempt, Verdict::PASS), 204);
  EXPECT_EQ(worker.report(grant.attempt, Verdict::FAIL, "another word"), 204);
  EXPECT_EQ(state_text(), before);
  EXPECT_EQ(this->run(run).at("verdicts").at("PASS").as_int64(), 1);
}

TEST_F(Leases, AnAttemptOfASilentWorkerIsGivenToAnotherAndItsReportRefused) {
  options_.lab.lease = 600ms;
  start();
  submit();
  SimulatedWorker silent = connected("w1");
  const LeaseGrant lost = silent.lease();
  wait_for("job.requeued", of_job(lost));
  SimulatedWorker other = connected("w2");
  const LeaseGrant again = other.lease();
  EXPECT_EQ(again.job_id, lost.job_id);
  EXPECT_GT(again.attempt, lost.attempt);
  EXPECT_EQ(silent.report(lost.attempt, Verdict::FAIL), 409);
  EXPECT_EQ(other.report(again.attempt, Verdict::PASS), 204);
  EXPECT_EQ(state_of(lost), "done");
  EXPECT_EQ(job(fmt::format("j{}", lost.job_id)).at("verdict").as_string(), "PASS");
}

TEST_F(Leases, WhatALivingWorkerHasGoesOnOverARestart) {
  start();
  submit();
  LeaseGrant grant;
  {
    SimulatedWorker worker = connected("w1");
    grant = worker.lease();
    worker.console(grant.attempt, 0, "before\n");
  }
  restart();
  EXPECT_EQ(state_of(grant), "running");
  SimulatedWorker worker = this->worker("w1");
  EXPECT_THAT(worker.connect({grant.attempt}).stale, IsEmpty());
  EXPECT_THAT(worker.heartbeat({grant.attempt}).stale, IsEmpty());
  const ApiAnswer console = worker.console(grant.attempt, 7, "after\n");
  EXPECT_EQ(console.fields.get("Upload-Offset"), "13");
  EXPECT_EQ(client().get(attempt_path(grant.attempt, "/console")).body, "before\nafter\n");
  EXPECT_TRUE(worker.finds_nothing());
  EXPECT_EQ(worker.report(grant.attempt, Verdict::PASS), 204);
  EXPECT_EQ(state_of(grant), "done");
}

TEST_F(Leases, AReportThatComesRightAfterARestartIsTakenBeforeAnyHello) {
  start();
  submit();
  const LeaseGrant grant = connected("w1").lease();
  restart();
  EXPECT_EQ(worker("w1").report(grant.attempt, Verdict::PASS), 204);
  EXPECT_EQ(state_of(grant), "done");
}

TEST_F(Leases, WhatAWorkerCameBackWithoutIsLostAndRunsAgain) {
  start();
  submit();
  const LeaseGrant lost = connected("w1").lease();
  restart();
  SimulatedWorker worker = this->worker("w1");
  worker.restart();
  worker.connect();
  wait_for("job.requeued", of_job(lost));
  const LeaseGrant again = worker.lease();
  EXPECT_EQ(again.job_id, lost.job_id);
  EXPECT_EQ(again.number, 2u);
  EXPECT_EQ(worker.report(lost.attempt, Verdict::PASS), 409);
}

TEST_F(Leases, QueuedJobsAreThereAfterARestartInTheirOrder) {
  start();
  const auto jobs = jobs_of(submit(3));
  restart();
  SimulatedWorker worker = connected("w1");
  for (const std::string& job : jobs)
    EXPECT_EQ(fmt::format("j{}", worker.work(Verdict::PASS).job_id), job);
}

TEST_F(Leases, CancellingReachesTheWorkerWithItsNextHeartbeatAndFreesItsPlace) {
  start();
  submit();
  SimulatedWorker worker = this->worker("w1");
  worker.hello.slots = 1;
  worker.connect();
  const LeaseGrant grant = worker.lease();
  const std::string path = fmt::format("/api/v1/jobs/j{}", grant.job_id);
  const auto canceled = client().send("POST", path + "/cancel").json();
  EXPECT_EQ(canceled.at("attempts").as_int64(), 1);
  EXPECT_EQ(state_of(grant), "canceled");
  EXPECT_THAT(worker.heartbeat({grant.attempt}).cancel, ElementsAre(grant.attempt));
  EXPECT_EQ(worker.report(grant.attempt, Verdict::MISS, "canceled"), 204);
  EXPECT_EQ(state_of(grant), "canceled");
  submit();
  EXPECT_NE(worker.lease().job_id, grant.job_id);
}

TEST_F(Leases, AWorkerThatIsNotKnownIsAskedToSayHello) {
  start();
  SimulatedWorker worker = this->worker("w1");
  const ApiAnswer answer = worker.ask(0s);
  EXPECT_EQ(answer.status, 409);
  EXPECT_EQ(answer.problem(), "unknown-instance");
  worker.connect();
  worker.restart();
  EXPECT_EQ(worker.ask(0s).problem(), "unknown-instance");
}

TEST_F(Leases, AHelloThatIsNoGoodSaysWhy) {
  start();
  const auto refused = [&](auto change) {
    SimulatedWorker worker = this->worker("w1");
    change(worker.hello);
    const ApiAnswer answer =
        worker.client().send("PUT", "/api/v1/workers/w1", to_json(worker.hello).as_object());
    EXPECT_EQ(answer.status, 400) << answer.body;
  };
  refused([](WorkerHello& hello) { hello.name = "w2"; });
  refused([](WorkerHello& hello) { hello.slots = 0; });
  refused([](WorkerHello& hello) { hello.slots = 2000; });
  refused([](WorkerHello& hello) { hello.instance = ""; });
  refused([](WorkerHello& hello) { hello.tags.assign(300, "x"); });
  EXPECT_TRUE(client().all("/api/v1/workers").empty());
}

TEST_F(Leases, OneWorkerBuildsAndTheOthersAreGivenTheArtifact) {
  start();
  const std::string waiting = jobs_of(submit(2)).back();
  SimulatedWorker maker = connected("w1");
  SimulatedWorker other = connected("w2");
  const LeaseGrant first = maker.lease();
  ASSERT_EQ(first.builds.size(), 1u);
  EXPECT_EQ(first.builds[0].artifact, "");
  EXPECT_TRUE(other.finds_nothing());
  const ApiAnswer why = client().get("/api/v1/jobs/" + waiting + "/why");
  EXPECT_EQ(why.text("code"), "build");
  EXPECT_THAT(why.text("text"), HasSubstr("by worker w1"));
  maker.build(first);
  const LeaseGrant second = other.lease();
  EXPECT_EQ(second.builds[0].key, first.builds[0].key);
  EXPECT_EQ(second.builds[0].artifact.size(), 64u);
  EXPECT_EQ(client().get("/api/v1/artifacts/" + second.builds[0].artifact).status, 200);
}

TEST_F(Leases, ABuildThatWasNotHandedInCanNotBeNamed) {
  start();
  submit();
  SimulatedWorker maker = connected("w1");
  const LeaseGrant grant = maker.lease();
  const boost::json::object notice{{"attempt", grant.attempt}, {"artifact", std::string(64, 'a')}};
  const ApiAnswer answer =
      maker.client().send("PUT", "/api/v1/builds/" + grant.builds.at(0).key, notice);
  EXPECT_EQ(answer.status, 422);
  EXPECT_EQ(answer.problem(), "no-artifact");
}

}  // namespace
}  // namespace luolab
