// SPDX-License-Identifier: Apache-2.0
// The commands of the service as their user meets them: a controller without any worker, and what
// the clients say to what is right and to what is wrong.
#include <signal.h>

#include <array>
#include <filesystem>

#include <boost/asio/local/datagram_protocol.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/file.h"
#include "tests/programs/program.h"
#include "tests/unit/async/run_task.h"

namespace luolab {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

constexpr const char* kQuickstart = LUOLAB_SOURCE_DIR "/scenarios/quickstart.yaml";
constexpr const char* kRollout = LUOLAB_SOURCE_DIR "/scenarios/library/rollout.yaml";
constexpr const char* kComment = LUOLAB_SOURCE_DIR "/tests/series/comment.patch";

class ServiceCommands : public testing::Test {
 protected:
  ServiceCommands() : folder_(fs::temp_directory_path()) {}

  std::string path(const std::string& name) const { return (folder_.path() / name).string(); }

  ProcessSpec luolab(const std::string& state, std::vector<std::string> arguments) const {
    ProcessSpec spec{.program = LUOLAB_BINARY_DIR "/cli/luolab",
                     .arguments = {"--state", path(state), "--cache", path("cache")},
                     .environment = {"NO_COLOR=1", "LUOLAB_DATA=" LUOLAB_SOURCE_DIR,
                                     "LUOLAB_CONTROLLER=" + url_}};
    spec.arguments.insert(spec.arguments.end(), arguments.begin(), arguments.end());
    return spec;
  }

  /// A command to its end.
  Task<ProcessOutput> run(std::vector<std::string> arguments) const {
    ProcessSpec spec = luolab("state", std::move(arguments));
    auto ran = co_await run_process(std::move(spec));
    EXPECT_TRUE(ran) << ran.error().what;
    co_return ran ? *ran : ProcessOutput{};
  }

  /// Does `work` while a controller runs, which then is stopped and must end well.
  void with_controller(const std::function<Task<void>(const std::string& port)>& work,
                       const std::vector<std::string>& flags = {}) {
    const auto story = [&]() -> Task<void> {
      std::vector<std::string> arguments{"controller", "--listen", "127.0.0.1:0"};
      arguments.insert(arguments.end(), flags.begin(), flags.end());
      Program controller(io_.get_executor(), "controller", luolab("state", std::move(arguments)));
      std::string ready = "event=ready", end = "\n";
      co_await controller.says(std::move(ready));
      co_await controller.says(std::move(end));
      const std::string& log = controller.output();
      const auto at = log.find(" port=") + 6;
      const std::string port = log.substr(at, log.find(' ', at) - at);
      url_ = "http://127.0.0.1:" + port;
      co_await work(port);
      controller.signal(SIGTERM);
      const int code = co_await controller.ended();
      EXPECT_EQ(code, 0) << controller.output();
    };
    run_task(io_, story());
  }

  /// The command ends so, and says that.
  Task<void> expect(std::vector<std::string> arguments, int code, std::string words) const {
    const std::string command = arguments.front();
    const ProcessOutput ran = co_await run(std::move(arguments));
    EXPECT_EQ(ran.exit_code, code) << command << ": " << ran.output;
    EXPECT_THAT(ran.output, HasSubstr(words)) << command;
  }

  TempDir folder_;
  std::string url_ = "http://127.0.0.1:1";
  asio::io_context io_;
};

/// Makes arguments before they are awaited: GCC 12 breaks braces within co_await.
template <class... Words>
std::vector<std::string> words(Words... word) {
  return {word...};
}

TEST_F(ServiceCommands, ARunIsSubmittedCanceledAndQueuedAgain) {
  const auto story = [&](const std::string&) -> Task<void> {
    auto submit = words("submit", kQuickstart), cancel = words("cancel", "1"),
         retry = words("retry", "1"), wrong = words("retry", "1", "--verdict", "NONE"),
         fleet = words("fleet", "list"), dry = words("submit", "--dry-run", kQuickstart);
    co_await expect(dry, 0, "quickstart#0");
    co_await expect(submit, 0, "Run 1: 1 job queued; follow it with: luolab watch 1");
    co_await expect(retry, 0, "1 has no job that ended without passing: nothing is queued again");
    co_await expect(cancel, 0, "1 job canceled, none of them running");
    co_await expect(cancel, 0, "1 has ended: there is nothing to cancel");
    co_await expect(retry, 0, "1 job queued again");
    co_await expect(wrong, 64, "NONE");
    co_await expect(fleet, 0, "No worker has said hello yet");
  };
  with_controller(story);
}

TEST_F(ServiceCommands, AControllersJobRunsAgainOnAnotherMachineWithItsProgram) {
  const std::string scenario = path("burn.yaml"), program = path("burn.sh");
  write_scratch_file(program, "#!/bin/sh\nexit 3\n");
  write_scratch_file(scenario,
                     "apiVersion: luolab/v1\nname: burn\nsummary: a program of one's own\n"
                     "kernels: {outgoing: {base: 'prebuilt:/no/such/image', fragments: []}}\n"
                     "sessions: [{name: s, memfds: [{name: m, size: 1MiB}]}]\n"
                     "load:\n  - {kind: exec, file: " +
                         program + "}\n");
  const auto story = [&](const std::string&) -> Task<void> {
    auto submit = words("submit", scenario, "--file", program);
    co_await expect(submit, 0, "Run 1: 1 job queued");
    auto again = words("run", "--job", "j1", "--controller", url_, "--json", "-");
    ProcessSpec spec = luolab("elsewhere", std::move(again));
    const auto ran = co_await run_process(std::move(spec));
    EXPECT_EQ(ran->exit_code, 2) << ran->output;
    EXPECT_THAT(ran->output, HasSubstr("burn#0"));
    EXPECT_THAT(ran->output, HasSubstr("/no/such/image"));
    auto none = words("run", "--job", "j9", "--controller", url_);
    co_await expect(none, 64, "j9");
    auto no_job = words("run", "--job", "x.json", "--controller", url_);
    co_await expect(no_job, 64, "\"x.json\" is no job of a controller");
  };
  with_controller(story, {"--allow-worker-paths"});
  std::vector<std::string> kept;
  for (const auto& entry : fs::recursive_directory_iterator(path("elsewhere") + "/artifacts")) {
    if (entry.is_regular_file()) kept.push_back(read_file(entry.path()).value());
  }
  EXPECT_THAT(kept, testing::Contains("#!/bin/sh\nexit 3\n"));
}

TEST_F(ServiceCommands, CtrlCEndsWatchingAndNotTheRun) {
  const auto story = [&](const std::string&) -> Task<void> {
    auto arguments = words("submit", "--wait", kQuickstart), cancel = words("cancel", "1");
    Program submit(io_.get_executor(), "submit", luolab("state", std::move(arguments)));
    std::string queued = "queued", goes_on = "Run 1 goes on";
    co_await submit.says(std::move(queued));
    submit.signal(SIGINT);
    const int code = co_await submit.ended();
    EXPECT_EQ(code, 130);
    EXPECT_THAT(submit.output(), HasSubstr(goes_on));
    co_await expect(cancel, 0, "1 job canceled");
  };
  with_controller(story);
}

TEST_F(ServiceCommands, CtrlCEndsWaitingForAGateAndNotTheGate) {
  const auto story = [&](const std::string&) -> Task<void> {
    auto ask = words("gate", "--controller", url_, "--series", kComment);
    auto cancel = words("cancel", "g1"), again = words("cancel", "g1");
    Program gate(io_.get_executor(), "gate", luolab("state", std::move(ask)));
    std::string building = "building", goes_on = "Gate g1 goes on";
    co_await gate.says(std::move(building));
    gate.signal(SIGINT);
    const int code = co_await gate.ended();
    EXPECT_EQ(code, 130);
    EXPECT_THAT(gate.output(), HasSubstr(goes_on));
    co_await expect(cancel, 0, "gate g1 canceled");
    co_await expect(again, 64, "gate g1 does not run");
  };
  with_controller(story);
}

TEST_F(ServiceCommands, WhoeverWaitsForAGateSeesThatItWasCanceled) {
  const auto story = [&](const std::string&) -> Task<void> {
    auto ask = words("gate", "--controller", url_, "--series", kComment);
    auto cancel = words("cancel", "g1");
    Program gate(io_.get_executor(), "gate", luolab("state", std::move(ask)));
    std::string building = "building";
    co_await gate.says(std::move(building));
    co_await expect(cancel, 0, "gate g1 canceled");
    const int code = co_await gate.ended();
    EXPECT_EQ(code, 2);
    EXPECT_THAT(gate.output(), HasSubstr("comment: canceled"));
  };
  with_controller(story);
}

TEST_F(ServiceCommands, AGateThatTheControllerRefusesSaysWhy) {
  const auto story = [&](const std::string&) -> Task<void> {
    auto path = words("gate", "--controller", url_, "--series", kComment, "--base", "dir:/nowhere");
    auto slots = words("gate", "--controller", url_, "--series", kComment, "--slots", "2");
    co_await expect(path, 64, "--allow-worker-paths");
    co_await expect(slots, 64, "--slots excludes --controller");
  };
  with_controller(story);
}

TEST_F(ServiceCommands, AWatcherSeesTheEndOfACanceledRun) {
  const auto story = [&](const std::string&) -> Task<void> {
    auto arguments = words("submit", "--wait", kQuickstart), cancel = words("cancel", "1");
    Program submit(io_.get_executor(), "submit", luolab("state", std::move(arguments)));
    std::string queued = "queued";
    co_await submit.says(std::move(queued));
    co_await expect(cancel, 0, "1 job canceled");
    const int code = co_await submit.ended();
    EXPECT_EQ(code, 2);
    EXPECT_THAT(submit.output(), HasSubstr("1 MISS; results: " + url_ + "/api/v1/runs/1/results"));
  };
  with_controller(story);
}

TEST_F(ServiceCommands, AWatcherOfARolloutIsToldHowTheFleetStands) {
  const auto story = [&](const std::string&) -> Task<void> {
    auto submit = words("submit", kRollout), cancel = words("cancel", "1"),
         watch = words("watch", "1");
    co_await expect(submit, 0, "Run 1: 8 jobs queued");
    co_await expect(cancel, 0, "8 jobs canceled");
    const ProcessOutput watched = co_await run(watch);
    EXPECT_EQ(watched.exit_code, 2);
    EXPECT_THAT(watched.output, HasSubstr("rollout of rollout: "));
    EXPECT_THAT(watched.output, HasSubstr("  wave 1 (canary): 0 of 1 target updated (0 %)"));
    EXPECT_THAT(watched.output, HasSubstr("  fleet: 0 of 8 targets updated (0 %), 8 spared\n"));
  };
  with_controller(story);
}

TEST_F(ServiceCommands, WrongScenariosAreToldAsLintTellsThem) {
  write_scratch_file(folder_.path() / "wrong.yaml",
                     "apiVersion: luolab/v1\nname: x\nsummary: y\n"
                     "sessions: [{name: s, memfds: [{name: m, size: 1GBB}]}]\n");
  const auto story = [&](const std::string&) -> Task<void> {
    auto submit = words("submit", path("wrong.yaml")), lint = words("lint", path("wrong.yaml"));
    const ProcessOutput submitted = co_await run(submit), linted = co_await run(lint);
    EXPECT_EQ(submitted.exit_code, 64);
    EXPECT_THAT(submitted.output, HasSubstr(":4:47: "));
    EXPECT_THAT(linted.output, HasSubstr(":4:47: "));
  };
  with_controller(story);
}

TEST_F(ServiceCommands, ABackupOfAControllerThatRunsIsAStateFolderItself) {
  const auto story = [&](const std::string&) -> Task<void> {
    auto submit = words("submit", kQuickstart), backup = words("backup", path("copy")),
         nowhere = words("backup", "/proc/nowhere");
    co_await expect(submit, 0, "Run 1");
    co_await expect(backup, 0, "Backed up to " + path("copy"));
    co_await expect(nowhere, 64, "name a folder that can be made");
    auto list = words("list");
    ProcessSpec spec = luolab("copy", std::move(list));
    const auto listed = co_await run_process(std::move(spec));
    EXPECT_THAT(listed->output, HasSubstr("quickstart"));
  };
  with_controller(story);
}

TEST_F(ServiceCommands, ASecondControllerSaysWhatIsInItsWay) {
  const auto story = [&](const std::string& port) -> Task<void> {
    auto same_state = words("controller", "--listen", "127.0.0.1:0"),
         same_port = words("controller", "--listen", "127.0.0.1:" + port);
    co_await expect(same_state, 2, "another controller uses this folder");
    ProcessSpec spec = luolab("other", std::move(same_port));
    const auto ran = co_await run_process(std::move(spec));
    EXPECT_EQ(ran->exit_code, 2);
    EXPECT_THAT(ran->output, AllOf(HasSubstr("Address already in use"), HasSubstr("--listen")));
  };
  with_controller(story);
}

TEST_F(ServiceCommands, TokensAreAskedForAndTheirRolesKept) {
  const auto story = [&](const std::string& port) -> Task<void> {
    auto make = words("token", "create", "--role", "read"), none = words("fleet", "list");
    const ProcessOutput made = co_await run(make);
    const auto at = made.output.find("luolab_");
    write_scratch_file(folder_.path() / "read", made.output.substr(at));
    auto open = words("fleet", "list", "--token-file", path("read")),
         submit = words("submit", kQuickstart, "--token-file", path("read")),
         worker = words("worker", "--controller", "http://127.0.0.1:" + port, "--token-file",
                        path("read"));
    fs::permissions(path("read"), fs::perms::owner_read | fs::perms::group_read);
    co_await expect(open, 64, "chmod 600");
    fs::permissions(path("read"), fs::perms::owner_read);
    co_await expect(open, 0, "No worker");
    co_await expect(submit, 64, "needs a token of role submit");
    co_await expect(worker, 64, "needs a token of role worker");
    auto revoke = words("token", "revoke", "1");
    co_await expect(revoke, 0, "good for nothing any more");
    co_await expect(open, 64, "revoked");
  };
  with_controller(story);
}

/// A service manager's end of sd_notify(3).
class ServiceManager {
 public:
  ServiceManager(const asio::any_io_executor& executor, const std::string& path)
      : socket_(executor, asio::local::datagram_protocol::endpoint(path)) {}

  /// Returns when it has been told this. Gives up, and says so, after the programs' patience.
  Task<bool> is_told(std::string state) {
    Task<bool> waiting = receive(std::move(state));
    const auto told = co_await within(Program::kPatience, std::move(waiting));
    co_return told.value_or(false);
  }

 private:
  Task<bool> receive(std::string state) {
    std::array<char, 256> text;
    for (;;) {
      const std::size_t size =
          co_await socket_.async_receive(asio::buffer(text), asio::use_awaitable);
      if (std::string_view(text.data(), size) == state) co_return true;
    }
  }

  asio::local::datagram_protocol::socket socket_;
};

TEST_F(ServiceCommands, TheServiceManagerIsToldThatItIsReadyThatItLivesAndThatItStops) {
  const auto story = [&]() -> Task<void> {
    ServiceManager manager(io_.get_executor(), path("notify"));
    auto arguments = words("controller", "--listen", "127.0.0.1:0");
    ProcessSpec spec = luolab("state", std::move(arguments));
    spec.environment.push_back("NOTIFY_SOCKET=" + path("notify"));
    spec.environment.emplace_back("WATCHDOG_USEC=200000");
    Program controller(io_.get_executor(), "controller", std::move(spec));
    std::string ready = "READY=1", lives = "WATCHDOG=1", stops = "STOPPING=1";
    EXPECT_TRUE(co_await manager.is_told(std::move(ready)));
    EXPECT_TRUE(co_await manager.is_told(std::move(lives)));
    controller.signal(SIGTERM);
    EXPECT_TRUE(co_await manager.is_told(std::move(stops)));
    const int code = co_await controller.ended();
    EXPECT_EQ(code, 0);
  };
  run_task(io_, story());
}

TEST_F(ServiceCommands, AControllerThatIsNotThereIsNamed) {
  auto fleet = words("fleet", "list");
  const auto ran = run_task(io_, run(std::move(fleet)));
  EXPECT_EQ(ran.exit_code, 2);
  EXPECT_THAT(ran.output, AllOf(StartsWith("http://127.0.0.1:1: "), HasSubstr("refused")));
}

TEST_F(ServiceCommands, AnOpenAddressWithoutTlsOrTokensIsRefused) {
  auto plain = words("controller", "--listen", "0.0.0.0:0");
  const auto ran = run_task(io_, run(std::move(plain)));
  EXPECT_EQ(ran.exit_code, 64);
  EXPECT_THAT(ran.output, HasSubstr("--insecure-plain-network"));
}

}  // namespace
}  // namespace luolab
