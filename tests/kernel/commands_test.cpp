// SPDX-License-Identifier: Apache-2.0
// `luolab run` with real machines, as a user calls it: interrupted, killed, and without privileges.
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/redirect_error.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/async/process.h"
#include "tests/kernel/lab_fixture.h"
#include "tests/unit/async/run_task.h"

namespace luolab {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

constexpr const char* kLuolab = LUOLAB_BINARY_DIR "/cli/luolab";

/// Whether the process ends within ten seconds.
bool ends(int pidfd) {
  pollfd waiting{pidfd, POLLIN, 0};
  return ::poll(&waiting, 1, 10'000) == 1;
}

class CommandsOnMachines : public LabFixture {
 protected:
  CommandsOnMachines() : folder_(fs::temp_directory_path()) {
    // An image that was built before needs no build, so state and cache can be the test's own.
    image_ = build(quickstart().kernels[0]).image;
  }

  fs::path scenario(const std::string& repeat) {
    const fs::path file = folder_.path() / "scenario.yaml";
    write_scratch_file(file,
                       "apiVersion: luolab/v1\nname: prebuilt\nsummary: a kernel that is there\n"
                       "kernels: {outgoing: {base: 'prebuilt:" +
                           image_.string() +
                           "', fragments: []}}\n"
                           "repeat: " +
                           repeat + "\nsessions: [{name: s, memfds: [{name: m, size: 1MiB}]}]\n");
    return file;
  }

  ProcessSpec run_command(const fs::path& file) {
    return {.program = kLuolab,
            .arguments = {"--state", (folder_.path() / "state").string(), "--cache",
                          (folder_.path() / "cache").string(), "run", file.string()},
            .environment = {"NO_COLOR=1", "LUOLAB_DATA=" LUOLAB_SOURCE_DIR}};
  }

  /// A command to its end, with the test's state and cache.
  ProcessOutput luolab(std::vector<std::string> arguments) {
    ProcessSpec spec = run_command("");
    spec.arguments.resize(4);
    spec.arguments.insert(spec.arguments.end(), arguments.begin(), arguments.end());
    const auto ran = run_task(io_, run_process(spec));
    return ran ? *ran : ProcessOutput{.exit_code = -1};
  }

  /// Starts luolab and returns when its machine boots; the rest of its output comes from `rest`.
  Task<Result<Process>> start_until_booting(ProcessSpec spec) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) co_return lab_error("pipe");
    const auto executor = co_await asio::this_coro::executor;
    output_ = std::make_unique<asio::posix::stream_descriptor>(executor, ends[0]);
    UniqueFd writer(ends[1]);
    spec.descriptors[1] = spec.descriptors[2] = writer.get();
    auto process = Process::start(executor, spec);
    writer.reset();
    co_await asio::async_read_until(*output_, asio::dynamic_buffer(text_), "booting",
                                    asio::use_awaitable);
    co_return process;
  }

  /// Starts a run, kills luolab with its machine booting, and sees the machine end.
  void kill_while_booting(const std::string& repeat) {
    const auto test = [&]() -> Task<int> {
      auto process = co_await start_until_booting(run_command(scenario(repeat)));
      if (!process) co_return -1;
      const UniqueFd machine(
          static_cast<int>(::syscall(SYS_pidfd_open, only_child(process->pid()), 0)));
      process->signal_group(SIGKILL);
      EXPECT_TRUE(ends(machine.get()));
      co_return co_await process->wait();
    };
    EXPECT_EQ(run_task(io_, test()), 128 + SIGKILL);
  }

  /// The same run after that: it passes, and what the dead one left is collected.
  void run_again(const std::string& repeat) {
    const auto again = run_task(io_, run_process(run_command(scenario(repeat))));
    ASSERT_TRUE(again);
    EXPECT_EQ(again->exit_code, 0) << again->output;
    EXPECT_TRUE(fs::is_empty(folder_.path() / "cache/work"));
  }

  Task<std::string> rest() {
    boost::system::error_code ended;
    co_await asio::async_read(*output_, asio::dynamic_buffer(text_),
                              asio::redirect_error(asio::use_awaitable, ended));
    co_return text_;
  }

  static pid_t only_child(pid_t parent) {
    std::ifstream children("/proc/" + std::to_string(parent) + "/task/" + std::to_string(parent) +
                           "/children");
    pid_t child = 0;
    children >> child;
    return child;
  }

  TempDir folder_;
  fs::path image_;
  asio::io_context io_;  // must outlive output_
  std::unique_ptr<asio::posix::stream_descriptor> output_;
  std::string text_;
};

TEST_F(CommandsOnMachines, CtrlCEndsTheMachineKeepsTheRunAndLeavesNothing) {
  const auto test = [&]() -> Task<int> {
    auto process = co_await start_until_booting(run_command(scenario("3")));
    if (!process) co_return -1;
    const UniqueFd machine(
        static_cast<int>(::syscall(SYS_pidfd_open, only_child(process->pid()), 0)));
    process->signal_group(SIGINT);
    const std::string said = co_await rest();
    EXPECT_THAT(said, HasSubstr("Interrupted"));
    EXPECT_TRUE(ends(machine.get()));
    co_return co_await process->wait();
  };
  EXPECT_EQ(run_task(io_, test()), 130);
  EXPECT_TRUE(fs::is_empty(folder_.path() / "cache/work"));
}

TEST_F(CommandsOnMachines, KillingLuolabEndsItsMachineAndTheNextRunIsToldOfIt) {
  kill_while_booting("1");
  run_again("1");
  auto list = run_command("");
  list.arguments.resize(4);
  list.arguments.emplace_back("list");
  const auto listed = run_task(io_, run_process(list));
  EXPECT_THAT(listed->output, HasSubstr("MISS"));
}

TEST_F(CommandsOnMachines, KillingLuolabWhileItMakesAMachineToForkLeavesNothing) {
  kill_while_booting("2");
  EXPECT_THAT(text_, HasSubstr("making a machine to fork"));
  run_again("2");
}

TEST_F(CommandsOnMachines, OneJobOfAMatrixRunsAgainAndComesToTheSameVerdict) {
  const fs::path file = scenario(
      "1\nmatrix: {longest: [1us, 60s]}\n"
      "checks: {blackout: {max: \"${longest}\"}}");
  EXPECT_EQ(luolab({"run", file.string()}).exit_code, 1);
  for (const auto& [job, verdict, code] :
       {std::tuple("j1", "FAIL  j1  prebuilt[longest=1us]#0", 1),
        std::tuple("j2", "PASS  j1  prebuilt[longest=60s]#0", 0)}) {
    const ProcessOutput script = luolab({"show", job, "--reproduce"});
    ASSERT_EQ(script.exit_code, 0) << script.output;
    const fs::path place = folder_.path() / job;
    fs::create_directory(place);
    write_scratch_file(place / "reproduce.sh", script.output);
    ProcessSpec spec{.program = "sh",
                     .arguments = {(place / "reproduce.sh").string()},
                     .environment = {"NO_COLOR=1", "LUOLAB_DATA=" LUOLAB_SOURCE_DIR,
                                     std::string("LUOLAB=") + kLuolab,
                                     "LUOLAB_STATE=" + (place / "state").string(),
                                     "LUOLAB_CACHE=" + (place / "cache").string()}};
    const auto again = run_task(io_, run_process(spec));
    ASSERT_TRUE(again);
    EXPECT_EQ(again->exit_code, code) << again->output;
    spec.program = kLuolab;
    spec.arguments = {"show"};
    EXPECT_THAT(run_task(io_, run_process(spec))->output, testing::StartsWith(verdict));
  }
  EXPECT_EQ(luolab({"run", "--job", "j1"}).exit_code, 1);
  EXPECT_EQ(luolab({"run", "--job", "j2"}).exit_code, 0);
}

TEST_F(CommandsOnMachines, AnOrdinaryUserMakesALiveUpdate) {
  // Everything it needs is copied to where nobody in particular may read it.
  const fs::path place = folder_.path() / "place";
  fs::create_directories(place);
  for (const fs::path& file : {fs::path(kLuolab), places().agent, image_})
    fs::copy_file(file, place / file.filename());
  fs::copy(LUOLAB_SOURCE_DIR "/kernel-patches", place / "kernel-patches",
           fs::copy_options::recursive);
  image_ = place / "bzImage";
  const fs::path file = scenario("1");
  for (const fs::path& open : {folder_.path(), place}) fs::permissions(open, fs::perms::all);
  ProcessSpec spec = run_command(file);
  spec.program = "setpriv";
  if (::geteuid() == 0) {
    spec.arguments.insert(spec.arguments.begin(),
                          {"--reuid=65534", "--regid=65534", "--clear-groups"});
  }
  const auto at = spec.arguments.begin() + (::geteuid() == 0 ? 3 : 0);
  spec.arguments.insert(at, (place / "luolab").string());
  spec.environment = {"NO_COLOR=1", "LUOLAB_DATA=" + place.string(),
                      "LUOLAB_AGENT=" + (place / "luolab-agent").string(),
                      "HOME=" + folder_.path().string()};
  const auto ran = run_task(io_, run_process(spec));
  ASSERT_TRUE(ran);
  EXPECT_EQ(ran->exit_code, 0) << ran->output;
  EXPECT_THAT(ran->output, HasSubstr("PASS"));
}

}  // namespace
}  // namespace luolab
