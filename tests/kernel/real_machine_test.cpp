// SPDX-License-Identifier: Apache-2.0
// Live updates on a guest that luolab does not own and reaches over SSH (foreign_machine.py).
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <iterator>
#include <optional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/kernel/lab_fixture.h"
#include "tests/programs/program.h"
#include "tests/unit/async/run_task.h"
#include "worker/target/ssh_session.h"

namespace luolab {
namespace {

using testing::HasSubstr;

class OverSsh : public LabFixture {
 protected:
  void SetUp() override {
    job_ = jobs_of("scenarios/library/after-the-update.yaml").front();
    job_.target.disk_bytes = 0;
    job_.load.clear();
    job_.before.clear();
    job_.after.clear();
    job_.target.driver = "ssh";
    job_.target.name = "guest";
    job_.target.memory_bytes = std::uint64_t{1} << 30;
    job_.checks.phase_max.clear();
    std::filesystem::create_directories(folder_.path() / "work");
    set_scratch(folder_.path());
  }

  /// Starts the machine; `more`: further words for foreign_machine.py.
  void start_guest(std::vector<std::string> more = {}) {
    ProcessSpec spec{.program = "python3"};
    spec.arguments = {script_, "run", folder(), "--kernel",
                      build(job_.kernels.front()).image.string()};
    std::ranges::move(more, std::back_inserter(spec.arguments));
    int ends[2];
    ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    const UniqueFd theirs(ends[0]);
    leash_ = UniqueFd(ends[1]);
    spec.descriptors[0] = theirs.get();
    guest_.emplace(guest_io_.get_executor(), "foreign machine", std::move(spec));
    await_guest(guest_->says("port "));
    await_guest(guest_->says("\n"));
    const std::string& said = guest_->output();
    SshMachine machine;
    machine.name = "guest";
    machine.login.host = "127.0.0.1";
    machine.login.port = static_cast<std::uint16_t>(std::stoi(said.substr(said.find("port ") + 5)));
    machine.login.key_file = folder() + "/client_key";
    machine.host_key = read_file(folder() + "/host_key.pub").value();
    machine.host_key.pop_back();
    machine.console = "tail -n 0 -F " + folder() + "/console.log 2>/dev/null";
    machine.power = {.cycle = command("cycle"), .status = command("status")};
    machine.home_limit = std::chrono::seconds(90);
    machines_.push_back(std::move(machine));
  }

  /// The guest's program is listened to for as long as this takes, and not beyond.
  void await_guest(Task<void> task) {
    bool done = false;
    std::exception_ptr failure;
    asio::co_spawn(guest_io_, std::move(task), [&](std::exception_ptr error) {
      failure = error;
      done = true;
    });
    while (!done) guest_io_.run_one();
    if (failure) std::rethrow_exception(failure);
  }

  std::string folder() const { return folder_.path().string(); }
  std::string command(const std::string& word) const {
    return "python3 " + script_ + " " + word + " " + folder();
  }
  AttemptReport attempt(AttemptHooks hooks = {}) {
    Attempt attempt(*this, io_, std::move(hooks), nullptr);
    attempt.context.machines = &machines_;
    attempt.context.token = ++token_;
    return run_task(io_, run_attempt(job_, attempt.context));
  }
  /// Runs a command of the machine's keeper as soon as the outgoing kernel is on its way out.
  AttemptHooks in_the_blackout(const std::string& word) {
    AttemptHooks hooks;
    hooks.after_event = [line = command(word), done = false](
                            Target&, const RunMachine& machine) mutable -> Task<void> {
      if (done || machine.activity().find("waiting for the incoming kernel") == std::string::npos)
        co_return;
      done = true;
      ProcessSpec spec{.program = "/bin/sh"};
      spec.arguments = {"-c", line};
      co_await run_process(std::move(spec));
    };
    return hooks;
  }
  /// What luolab left in the home system: its files and processes, and then whether an image is
  /// loaded.
  std::string left_there() {
    const SshMachine& machine = machines_.front();
    auto opened = run_task(
        io_, SshSession::open(machine.login, {machine.host_key}, std::chrono::seconds(30)));
    if (!opened) return opened.error().error.what;
    const std::string ask =
        "ls -d /var/tmp/luolab* 2>/dev/null; pidof agent; cat /sys/kernel/kexec_loaded";
    const auto said = run_task(io_, opened->session->run(ask, std::chrono::seconds(20)));
    return said ? said->output : said.error().error.what;
  }
  static void expect_home(const AttemptReport& report) {
    for (const Check& check : report.checks) EXPECT_NE(check.name, "home") << check.detail;
  }

  const std::string script_ = LUOLAB_SOURCE_DIR "/tests/kernel/foreign_machine.py";
  asio::io_context io_;
  asio::io_context guest_io_;
  TempDir folder_{std::filesystem::temp_directory_path()};
  UniqueFd leash_;
  std::optional<Program> guest_;
  std::vector<SshMachine> machines_;
  std::int64_t token_ = 0;
  Job job_;
};

TEST_F(OverSsh, LiveUpdatesPassAndTheMachineIsHomeAndCleanAlsoAfterAPowerFailure) {
  start_guest();
  const AttemptReport passed = attempt();
  EXPECT_EQ(passed.verdict, Verdict::PASS) << passed.reason << console();
  expect_home(passed);
  EXPECT_EQ(left_there(), "0\n");

  const AttemptReport dead = attempt(in_the_blackout("kill"));
  EXPECT_EQ(dead.verdict, Verdict::MISS) << dead.reason;
  EXPECT_THAT(dead.reason, HasSubstr("its power switch"));
  expect_home(dead);
  EXPECT_EQ(left_there(), "0\n");
}

TEST_F(OverSsh, AMachineThatCantBeUsedIsRefusedWithTheRemedy) {
  start_guest({"--disk", "40M"});
  const SshMachine good = machines_.front();
  SshMachine& machine = machines_.front();
  const auto refusal = [&] {
    const AttemptReport report = attempt();
    EXPECT_EQ(report.verdict, Verdict::MISS);
    machine = good;
    return report.reason;
  };
  EXPECT_THAT(refusal(), HasSubstr("make room in /var/tmp"));
  machine.host_key = make_ssh_key().public_text;
  EXPECT_THAT(refusal(), HasSubstr("luolab target probe"));
  machine.login.user = "stranger";
  EXPECT_THAT(refusal(), HasSubstr("authorized_keys"));
  machine.login.user = "visitor";
  EXPECT_THAT(refusal(), HasSubstr("log in as root"));
  machine.login.user = "visitor";
  machine.sudo = true;
  EXPECT_THAT(refusal(), HasSubstr("NOPASSWD"));
  EXPECT_EQ(left_there(), "0\n");
}

}  // namespace
}  // namespace luolab
