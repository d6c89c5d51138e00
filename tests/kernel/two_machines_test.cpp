// SPDX-License-Identifier: Apache-2.0
// A controller and two workers on machines of their own, as far as the network can tell, with real
// live updates, over a network that breaks.
#include <signal.h>

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

constexpr int kJobs = 2;  // of each run
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

  ProcessSpec client(std::vector<std::string> arguments, const std::string& token) const {
    for (const std::string& word :
         {std::string("--controller"), std::string(kUrl), std::string("--ca-file"),
          file("authority.pem"), std::string("--token-file"), file(token + ".token")})
      arguments.push_back(word);
    return luolab(std::move(arguments));
  }

  std::unique_ptr<Program> start(const std::string& machine, const std::string& name,
                                 ProcessSpec spec) {
    return std::make_unique<Program>(io_.get_executor(), name, room_->at(machine, std::move(spec)));
  }

  static Task<void> says(Program& program, std::string text) {
    return program.says(std::move(text));
  }

  Task<void> fleet(std::string order, std::string worker) const {
    ProcessSpec spec = room_->at("hub", client({"fleet", order, worker}, "admin"));
    co_await output_of(std::move(spec));
  }

  /// A run whose first job is begun by this worker, whatever the other one does.
  Task<std::unique_ptr<Program>> run_begun_by(Program& worker, std::string other) {
    co_await fleet("drain", other);
    ProcessSpec spec = client({"submit", "--wait", scenario(kJobs).string()}, "submit");
    auto submitter = start("hub", "submit", std::move(spec));
    co_await begins_an_attempt(worker);
    co_await fleet("resume", other);
    co_return submitter;
  }

  static Task<void> passes(Program& submitter) {
    const int code = co_await submitter.ended();
    EXPECT_EQ(code, 0);
    EXPECT_THAT(submitter.output(), HasSubstr(fmt::format("{} PASS;", kJobs)));
  }

  Task<void> set_up();
  Task<void> short_cut();
  Task<void> long_cut();
  Task<void> death();
  Task<void> story();

  std::unique_ptr<MachineRoom> room_ = std::make_unique<MachineRoom>(io_.get_executor());
  std::unique_ptr<Program> service_, east_, west_;
};

Task<void> TwoMachines::set_up() {
  co_await room_->open();
  co_await room_->add("east", "10.77.0.2");
  co_await room_->add("west", "10.77.0.3");
  co_await make_certificates();
  for (const char* role : {"worker", "submit", "admin"}) co_await token(role);
  service_ = start("hub", "controller", controller());
  co_await says(*service_, "event=ready");
  east_ = start("east", "east", worker_at("east"));
  west_ = start("west", "west", worker_at("west"));
  co_await says(*east_, "connected");
  co_await says(*west_, "connected");
}

/// Within the lease: what ended meanwhile is delivered afterwards.
Task<void> TwoMachines::short_cut() {
  const auto submitter = co_await run_begun_by(*west_, "east");
  co_await room_->plug("west", false);
  asio::steady_timer cut(io_.get_executor(), kShortCut);
  co_await cut.async_wait(asio::use_awaitable);
  co_await room_->plug("west", true);
  co_await says(*west_, "results are with the controller");
  co_await passes(*submitter);
}

/// Longer than the lease: the job is the other's, and what comes late is refused.
Task<void> TwoMachines::long_cut() {
  const auto submitter = co_await run_begun_by(*west_, "east");
  co_await room_->plug("west", false);
  co_await says(*submitter, "waits again");
  co_await room_->plug("west", true);
  co_await says(*west_, "stale, results dropped");
  co_await passes(*submitter);
}

/// The job of a worker that is killed is the other's; when it is back, it knows what became of it.
Task<void> TwoMachines::death() {
  const auto submitter = co_await run_begun_by(*east_, "west");
  east_->signal(SIGKILL);
  const int code = co_await east_->ended();
  EXPECT_EQ(code, 128 + SIGKILL);
  co_await says(*submitter, "waits again");
  east_ = start("east", "east", worker_at("east"));
  co_await says(*east_, "stale, results dropped");
  co_await passes(*submitter);
}

Task<void> TwoMachines::story() {
  std::exception_ptr failure;
  try {
    co_await set_up();
    co_await short_cut();
    co_await long_cut();
    co_await death();
    for (Program* program : {east_.get(), west_.get(), service_.get()}) co_await stop(*program);
  } catch (...) {
    failure = std::current_exception();
  }
  // What is read from them must end, or this never would.
  for (auto* program : {&east_, &west_, &service_}) program->reset();
  room_.reset();
  if (failure) std::rethrow_exception(failure);
}

TEST_F(TwoMachines, EveryJobPassesOnceThoughACableIsPulledAndAWorkerIsKilled) {
  run_task(io_, story());
  expect_every_job_passed_once(3 * kJobs);
  std::vector<std::string> lost;
  for (const AttemptRecord& attempt : attempts()) {
    if (attempt.summary.state == AttemptState::lost) lost.push_back(attempt.summary.worker);
  }
  EXPECT_THAT(lost, testing::UnorderedElementsAre("east", "west"));
  expect_nothing_left({"east", "west"});
}

}  // namespace
}  // namespace luolab
