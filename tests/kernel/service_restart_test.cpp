// SPDX-License-Identifier: Apache-2.0
// Controller and worker are stopped, as a service manager does it, in the middle of real live
// updates.
#include <signal.h>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/kernel/service_fixture.h"
#include "tests/unit/async/run_task.h"

namespace luolab {
namespace {

using testing::HasSubstr;

constexpr int kJobs = 3;

class ServiceRestart : public ServiceFixture {
 protected:
  std::unique_ptr<Program> start(const std::string& name, ProcessSpec spec) {
    return std::make_unique<Program>(io_.get_executor(), name, std::move(spec));
  }

  ProcessSpec controller(const std::string& port) const {
    return luolab({"controller", "--listen", "127.0.0.1:" + port, "--heartbeat", "1", "--lease",
                   "20", "--allow-worker-paths"});
  }

  Task<void> story();
};

Task<void> ServiceRestart::story() {
  const std::string name = "only", ready = "event=ready", line = "\n", connected = "connected";
  const std::string delivered = "results are with the controller";
  auto service = start("controller", controller("0"));
  co_await service->says(ready);
  co_await service->says(line);
  const std::string port = port_in(service->output());
  const std::vector<std::string> reach{"--controller", "http://127.0.0.1:" + port};
  auto machine = start(name, worker(name, reach));
  co_await machine->says(connected);
  const auto submitter =
      start("submit", luolab({"submit", "--wait", scenario(kJobs).string(), reach[0], reach[1]}));

  co_await begins_an_attempt(*machine);
  co_await stop(*service);
  service = start("controller", controller(port));
  co_await service->says(ready);
  co_await machine->says(delivered);

  co_await begins_an_attempt(*machine);
  co_await stop(*machine);
  machine = start(name, worker(name, reach));

  EXPECT_EQ(co_await submitter->ended(), 0) << submitter->output();
  EXPECT_THAT(submitter->output(), HasSubstr(fmt::format("{} PASS;", kJobs)));
  co_await stop(*machine);
  co_await stop(*service);
}

TEST_F(ServiceRestart, AStoppedControllerFindsItsAttemptsAgainAndAStoppedWorkersJobIsRunAgain) {
  run_task(io_, story());
  expect_every_job_passed_once(kJobs);
  std::size_t missed = 0;
  for (const AttemptRecord& attempt : attempts()) {
    EXPECT_EQ(attempt.summary.state, AttemptState::done) << attempt.summary.reason;
    if (attempt.summary.verdict == Verdict::MISS) ++missed;
  }
  EXPECT_EQ(missed, 1U);
  expect_nothing_left({"only"});
}

}  // namespace
}  // namespace luolab
