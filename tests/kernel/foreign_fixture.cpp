// SPDX-License-Identifier: Apache-2.0
#include "tests/kernel/foreign_fixture.h"

#include <sstream>

#include "core/async/process.h"
#include "tests/unit/async/run_task.h"
#include "worker/target/ssh_session.h"

namespace luolab {
namespace {

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

void ForeignFixture::start(const std::filesystem::path& home_kernel,
                           const std::vector<std::string>& more) {
  guest_.emplace(guest_io_, "guest", folder_.path(), home_kernel, more);
  await_on(guest_io_, guest_->ready());
  machines_.push_back(guest_->machine());
}

void ForeignFixture::start_guest(const std::vector<std::string>& more) {
  start(build(job_.kernels.front()).image, more);
}

void ForeignFixture::start_debian_guest() {
  ProcessSpec spec{.program = "python3"};
  spec.arguments = {LUOLAB_SOURCE_DIR "/tests/kernel/debian_kernel.py",
                    (places().cache / "debian-kernels").string()};
  const auto got = run_task(io_, run_process(std::move(spec)));
  ASSERT_TRUE(got && got->exit_code == 0) << (got ? got->output : got.error().what);
  std::istringstream lines(got->output);
  std::string kernel;
  std::getline(lines, kernel);
  std::vector<std::string> more;
  for (std::string module; std::getline(lines, module);) {
    more.emplace_back("--module");
    more.push_back(module);
  }
  start(kernel, more);
}

Task<void> ForeignFixture::keeper(std::string word) const {
  ProcessSpec spec{.program = "/bin/sh"};
  spec.arguments = {"-c", guest_->command(word)};
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
