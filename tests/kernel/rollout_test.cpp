// SPDX-License-Identifier: Apache-2.0
// A rollout over eight guests that luolab does not own, as a user calls it. All eight run from the
// first to the last second.
#include <deque>

#include <boost/json.hpp>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/kernel/foreign_guest.h"
#include "tests/kernel/lab_fixture.h"
#include "tests/unit/async/run_task.h"
#include "worker/target/ssh_session.h"

namespace luolab {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr const char* kLuolab = LUOLAB_BINARY_DIR "/cli/luolab";
constexpr int kGuests = 8;

/// What is known of a machine at home without touching more than its shell.
struct HomeState {
  std::string boot_id;
  std::string rest;  ///< what luolab left there, and whether an image is loaded

  friend bool operator==(const HomeState&, const HomeState&) = default;
};

class FleetOverSsh : public LabFixture {
 protected:
  void SetUp() override {
    // That scenario's kernel is the one that ctest has built before, with a network.
    const Job job = jobs_of("scenarios/library/after-the-update.yaml").front();
    const auto image = build(job.kernels.front()).image;
    for (int i = 1; i <= kGuests; ++i) {
      const std::string name = "t" + std::to_string(i);
      guests_.emplace_back(guest_io_, name, folder_.path() / name, image,
                           std::vector<std::string>{"--memory", "512M"});
    }
    await_on(guest_io_, all_are_home());
  }

  Task<void> all_are_home() {
    for (ForeignGuest& guest : guests_) co_await guest.ready();
    for (ForeignGuest& guest : guests_) co_await guest.home();
  }

  HomeState home_of(const ForeignGuest& guest) {
    HomeState state;
    const SshMachine machine = guest.machine();
    const SshLogin login = machine.login;
    const std::vector<std::string> keys{machine.host_key};
    auto opened = run_task(io_, SshSession::open(login, keys, std::chrono::seconds(150)));
    if (!opened) {
      ADD_FAILURE() << guest.name() << ": " << opened.error().error.what;
      return state;
    }
    const auto ask = [&](const std::string& line) {
      const auto said = run_task(io_, opened->session->run(line, std::chrono::seconds(150)));
      return said ? said->output : said.error().error.what;
    };
    state.boot_id = ask("cat /proc/sys/kernel/random/boot_id");
    state.rest = ask("ls -A /var/tmp; pidof agent; cat /sys/kernel/kexec_loaded");
    return state;
  }
  std::vector<HomeState> homes() {
    std::vector<HomeState> states;
    for (const ForeignGuest& guest : guests_) states.push_back(home_of(guest));
    return states;
  }

  static std::string scenario(const std::string& rollout) {
    return "apiVersion: luolab/v1\nname: fleet\nsummary: 1 MiB survives on every guest\n"
           "kernels:\n  outgoing: {base: linux-7.3, series: [phase-stamps], fragments: "
           "[liveupdate, qemu-x86_64, services]}\n"
           "target: {memory: 512MiB, driver: ssh}\n"
           "timeouts: {boot: 4m, hop: 4m, silence: 3m}\n"
           "sessions: [{name: vm, memfds: [{name: ram, size: 1MiB, pattern: records}]}]\n"
           "rollout: " +
           rollout + "\n";
  }

  /// All guests; `words` are on the command line of every kernel of the guest called `name`.
  std::string targets_file(const std::string& name = {}, const std::string& words = {}) {
    std::string text = "targets:\n";
    for (const ForeignGuest& guest : guests_) {
      const SshMachine machine = guest.machine();
      text += fmt::format(
          "  - {{name: {}, host: {}, port: {}, key: {}, host_key: \"{}\",\n"
          "     cmdline: [{}], home: {{within: 3m}}, power: {{cycle: \"{}\", status: \"{}\"}},\n"
          "     console: {{command: \"{}\"}}}}\n",
          machine.name, machine.login.host, machine.login.port, machine.login.key_file.string(),
          machine.host_key, machine.name == name ? words : "", machine.power.cycle,
          machine.power.status, machine.console);
    }
    const auto file = folder_.path() / "targets.yaml";
    write_scratch_file(file, text);
    return file.string();
  }

  struct Ended {
    int exit_code = -1;
    std::string output;
    boost::json::object rollout;
  };
  Ended roll_out(const std::string& rollout, const std::string& targets) {
    const auto file = folder_.path() / "fleet.yaml";
    const std::string json = (folder_.path() / "results.json").string();
    write_scratch_file(file, scenario(rollout));
    ProcessSpec spec{.program = kLuolab};
    spec.arguments = {"--state",
                      (folder_.path() / "state").string(),
                      "--cache",
                      places().cache.string(),
                      "run",
                      file.string(),
                      "--targets-file",
                      targets,
                      "--slots",
                      "4",
                      "--json",
                      json};
    spec.environment = {"NO_COLOR=1", "LUOLAB_DATA=" LUOLAB_SOURCE_DIR};
    Ended ended;
    const auto ran = run_task(io_, run_process(std::move(spec)));
    if (!ran) {
      ADD_FAILURE() << ran.error().what;
      return ended;
    }
    ended.exit_code = ran->exit_code;
    ended.output = ran->output;
    const auto text = read_file(json);
    if (text) ended.rollout = boost::json::parse(*text).at("rollouts").at(0).as_object();
    return ended;
  }

  asio::io_context io_;
  asio::io_context guest_io_;
  TempDir folder_{std::filesystem::temp_directory_path()};
  std::deque<ForeignGuest> guests_;
};

TEST_F(FleetOverSsh, ABadCanaryStopsBeforeTheSecondWaveAndAGoodKernelReachesAll) {
  const std::vector<HomeState> before = homes();

  const Ended bad =
      roll_out("{targets: [t1, t2, t3, t4, t5, t6, t7, t8], canary: 4, waves: [100%]}",
               targets_file("t3", "rdinit=/missing"));
  EXPECT_EQ(bad.exit_code, 1) << bad.output;
  EXPECT_EQ(bad.rollout.at("state").as_string(), "stopped") << bad.output;
  EXPECT_THAT(bad.rollout.at("reason").as_string().c_str(),
              AllOf(HasSubstr("wave 1: 1 of 4 targets failed, the kernel's fault (t3: FAIL: "),
                    HasSubstr("Kernel panic"), HasSubstr("error budget 0")));
  const auto& first = bad.rollout.at("waves").at(0);
  EXPECT_EQ(first.at("failed").to_number<int>(), 1);
  EXPECT_EQ(first.at("updated").to_number<int>(), 3) << bad.output;
  EXPECT_GT(first.at("worst_blackout_ns").to_number<std::int64_t>(), 0);
  EXPECT_EQ(bad.rollout.at("waves").at(1).at("spared").to_number<int>(), 4);

  const std::vector<HomeState> after = homes();
  for (std::size_t i = 0; i < guests_.size(); ++i) {
    const bool reached = i < 4;
    EXPECT_EQ(after[i].boot_id != before[i].boot_id, reached) << "t" << i + 1;
    EXPECT_EQ(after[i].rest, before[i].rest) << "t" << i + 1;
  }

  const Ended good = roll_out(
      "{targets: [t1, t2, t3, t4, t5, t6, t7, t8], canary: 1, waves: [50%, 100%]}", targets_file());
  EXPECT_EQ(good.exit_code, 0) << good.output;
  EXPECT_EQ(good.rollout.at("state").as_string(), "complete");
  const auto& fleet = good.rollout.at("fleet");
  EXPECT_EQ(fleet.at("updated").to_number<int>(), kGuests);
  EXPECT_GE(fleet.at("worst_blackout_ns").to_number<std::int64_t>(),
            fleet.at("median_blackout_ns").to_number<std::int64_t>());
  EXPECT_GT(fleet.at("elapsed_ns").to_number<std::int64_t>(), 0);
  const std::vector<HomeState> last = homes();
  for (std::size_t i = 0; i < guests_.size(); ++i) {
    EXPECT_NE(last[i].boot_id, after[i].boot_id) << "t" << i + 1;
    EXPECT_EQ(last[i].rest, before[i].rest) << "t" << i + 1;
  }
}

}  // namespace
}  // namespace luolab
