// SPDX-License-Identifier: Apache-2.0
// A controller and two workers on machines of their own, as far as the network can tell, with real
// live updates, over a network that breaks.
#include <signal.h>

#include <set>

#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/kernel/machine_room.h"
#include "tests/kernel/service_fixture.h"
#include "tests/unit/async/run_task.h"

namespace luolab {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

constexpr int kJobs = 8;
constexpr const char* kUrl = "https://10.77.0.1:7443";
/// Longer than a heartbeat (1 s), shorter than the lease (6 s).
constexpr std::chrono::milliseconds kShortCut{2500};

class TwoMachines : public ServiceFixture {
 protected:
  Task<void> openssl(std::vector<std::string> arguments) const {
    ProcessSpec spec{.program = "openssl",
                     .arguments = std::move(arguments),
                     .working_directory = folder_.path()};
    co_await output_of(std::move(spec));
  }

  /// An authority of the test's own, and a certificate for the hub's address.
  Task<void> make_certificates() const {
    write_scratch_file(folder_.path() / "names", "subjectAltName=IP:10.77.0.1\n");
    std::vector<std::string> authority{
        "req",           "-x509", "-newkey",      "ec",    "-pkeyopt", "ec_paramgen_curve:P-256",
        "-nodes",        "-subj", "/CN=lab",      "-days", "2",        "-keyout",
        "authority.key", "-out",  "authority.pem"};
    std::vector<std::string> request{"req",
                                     "-newkey",
                                     "ec",
                                     "-pkeyopt",
                                     "ec_paramgen_curve:P-256",
                                     "-nodes",
                                     "-subj",
                                     "/CN=controller",
                                     "-keyout",
                                     "key.pem",
                                     "-out",
                                     "request.pem"};
    std::vector<std::string> sign{"x509",
                                  "-req",
                                  "-in",
                                  "request.pem",
                                  "-CA",
                                  "authority.pem",
                                  "-CAkey",
                                  "authority.key",
                                  "-CAcreateserial",
                                  "-days",
                                  "2",
                                  "-extfile",
                                  "names",
                                  "-out",
                                  "certificate.pem"};
    co_await openssl(std::move(authority));
    co_await openssl(std::move(request));
    co_await openssl(std::move(sign));
  }

  std::string file(const std::string& name) const { return (folder_.path() / name).string(); }

  ProcessSpec controller() const {
    return luolab({"controller", "--listen", "10.77.0.1:7443", "--tls-cert",
                   file("certificate.pem"), "--tls-key", file("key.pem"), "--heartbeat", "1",
                   "--lease", "6", "--most-misses", "5", "--allow-worker-paths"});
  }

  ProcessSpec worker_at(const std::string& name) const {
    return worker(name, {"--controller", kUrl, "--ca-file", file("authority.pem"), "--token-file",
                         file("worker.token")});
  }

  ProcessSpec submission() const {
    return luolab({"submit", "--wait", scenario(kJobs).string(), "--controller", kUrl, "--ca-file",
                   file("authority.pem"), "--token-file", file("submit.token")});
  }

  std::unique_ptr<Program> start(MachineRoom& room, const std::string& machine,
                                 const std::string& name, ProcessSpec spec) {
    return std::make_unique<Program>(io_.get_executor(), name, room.at(machine, std::move(spec)));
  }

  static Task<void> says(Program& program, std::string text) {
    return program.says(std::move(text));
  }

  Task<void> cut_shortly(MachineRoom& room, std::string machine) {
    co_await room.plug(machine, false);
    asio::steady_timer cut(io_.get_executor(), kShortCut);
    co_await cut.async_wait(asio::use_awaitable);
    co_await room.plug(machine, true);
  }

  Task<void> story();
};

Task<void> TwoMachines::story() {
  MachineRoom room(io_.get_executor());
  const std::string east = "east", west = "west", worker = "worker", submit = "submit";
  co_await room.open();
  co_await room.add(east, "10.77.0.2");
  co_await room.add(west, "10.77.0.3");
  co_await make_certificates();
  co_await token(worker);
  co_await token(submit);

  const auto service = start(room, "hub", "controller", controller());
  co_await says(*service, "event=ready");
  auto first = start(room, east, east, worker_at(east));
  const auto second = start(room, west, west, worker_at(west));
  co_await says(*first, "connected");
  co_await says(*second, "connected");
  const auto submitter = start(room, "hub", "submit", submission());
  co_await begins_an_attempt(*first);
  co_await begins_an_attempt(*second);

  co_await cut_shortly(room, west);
  co_await says(*second, "results are with the controller");

  co_await begins_an_attempt(*second);
  co_await room.plug(west, false);
  co_await says(*submitter, "waits again");
  co_await room.plug(west, true);
  co_await says(*second, "stale, results dropped");

  co_await begins_an_attempt(*first);
  first->signal(SIGKILL);
  EXPECT_EQ(co_await first->ended(), 128 + SIGKILL);
  co_await says(*submitter, "waits again");
  first = start(room, east, east, worker_at(east));
  co_await says(*first, "stale, results dropped");

  EXPECT_EQ(co_await submitter->ended(), 0);
  EXPECT_THAT(submitter->output(), HasSubstr(fmt::format("{} PASS;", kJobs)));
  co_await stop(*first);
  co_await stop(*second);
  co_await stop(*service);
}

TEST_F(TwoMachines, EveryJobPassesOnceThoughACableIsPulledAndAWorkerIsKilled) {
  run_task(io_, story());
  expect_every_job_passed_once(kJobs);
  std::set<std::string> lost, passed;
  for (const AttemptRecord& attempt : attempts()) {
    if (attempt.summary.state == AttemptState::lost) lost.insert(attempt.summary.worker);
    if (attempt.summary.verdict == Verdict::PASS) passed.insert(attempt.summary.worker);
  }
  EXPECT_THAT(lost, testing::UnorderedElementsAre("east", "west"));
  EXPECT_THAT(passed, testing::UnorderedElementsAre("east", "west"));
  expect_nothing_left({"east", "west"});
}

}  // namespace
}  // namespace luolab
