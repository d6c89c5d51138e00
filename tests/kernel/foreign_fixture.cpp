// SPDX-License-Identifier: Apache-2.0
#include "tests/kernel/foreign_fixture.h"

#include <fcntl.h>
#include <unistd.h>

#include <iterator>

#include "core/async/process.h"
#include "tests/unit/async/run_task.h"
#include "worker/target/ssh_session.h"

namespace luolab {
namespace {

const std::string kScript = LUOLAB_SOURCE_DIR "/tests/kernel/foreign_machine.py";

/// Nothing that only a hypervisor can give.
Job job_for_any_machine(Job job) {
  job.target.disk_bytes = 0;
  job.load.clear();
  job.before.clear();
  job.after.clear();
  job.target.driver = "ssh";
  job.target.name = "guest";
  job.target.memory_bytes = std::uint64_t{1} << 30;
  job.checks.phase_max.clear();
  return job;
}

}  // namespace

ForeignFixture::ForeignFixture()
    : job_(job_for_any_machine(jobs_of("scenarios/library/after-the-update.yaml").front())) {
  std::filesystem::create_directories(folder_.path() / "work");
  set_scratch(folder_.path());
}

void ForeignFixture::start_guest(const std::vector<std::string>& more) {
  ProcessSpec spec{.program = "python3"};
  spec.arguments = {kScript, "run", folder(), "--kernel",
                    build(job_.kernels.front()).image.string()};
  spec.arguments.insert(spec.arguments.end(), more.begin(), more.end());
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
void ForeignFixture::await_guest(Task<void> task) {
  bool done = false;
  std::exception_ptr failure;
  asio::co_spawn(guest_io_, std::move(task), [&](std::exception_ptr error) {
    failure = error;
    done = true;
  });
  while (!done) guest_io_.run_one();
  if (failure) std::rethrow_exception(failure);
}

std::string ForeignFixture::command(const std::string& word) const {
  return "python3 " + kScript + " " + word + " " + folder();
}

Task<void> ForeignFixture::keeper(std::string word) const {
  ProcessSpec spec{.program = "/bin/sh"};
  spec.arguments = {"-c", command(word)};
  const auto ended = co_await run_process(std::move(spec));
  EXPECT_TRUE(ended && ended->exit_code == 0) << word;
}

AttemptReport ForeignFixture::attempt(AttemptHooks hooks) {
  Attempt attempt(*this, io_, std::move(hooks), nullptr);
  attempt.context.machines = &machines_;
  attempt.context.token = ++token_;
  if (on_activity_) attempt.context.on_activity = on_activity_;
  return run_task(io_, run_attempt(job_, attempt.context));
}

AttemptHooks ForeignFixture::in_the_blackout(const std::string& word) {
  AttemptHooks hooks;
  hooks.after_event = [this, word, done = false](Target&,
                                                 const RunMachine& run) mutable -> Task<void> {
    if (done || run.activity().find("waiting for the incoming kernel") == std::string::npos)
      co_return;
    done = true;
    std::string order = word;
    co_await keeper(std::move(order));
  };
  return hooks;
}

std::string ForeignFixture::left_there() {
  return at_home("ls -d /var/tmp/luolab* 2>/dev/null; pidof agent; cat /sys/kernel/kexec_loaded");
}

std::string ForeignFixture::at_home(const std::string& command) {
  asio::io_context io;
  auto opened = run_task(
      io, SshSession::open(machine().login, {machine().host_key}, std::chrono::seconds(30)));
  if (!opened) return opened.error().error.what;
  const auto said = run_task(io, opened->session->run(command, std::chrono::seconds(60)));
  return said ? said->output : said.error().error.what;
}

void expect_home(const AttemptReport& report) {
  for (const Check& check : report.checks) EXPECT_NE(check.name, "home") << check.detail;
}

}  // namespace luolab
