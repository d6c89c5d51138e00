// SPDX-License-Identifier: Apache-2.0
// Trouble on a machine that is reached over SSH, made for real: each kind is told apart, the
// machine is recovered, and nothing of luolab is left on it. One test per kind, so that the bench
// `recovery` can repeat each of them.
#include <filesystem>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/kernel/foreign_fixture.h"
#include "tests/unit/async/run_task.h"
#include "worker/run/machine_health.h"
#include "worker/run/machine_use.h"
#include "worker/target/left_mark.h"

namespace luolab {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class RecoveryOverSsh : public ForeignFixture {
 protected:
  /// All kernels can panic or hang on request.
  RecoveryOverSsh() {
    for (KernelSpec& kernel : job_.kernels) add_trouble(kernel);
    job_.timeouts.silence = std::chrono::seconds(25);
  }

  static void add_trouble(KernelSpec& kernel) {
    static const KernelSpec with =
        jobs_of("scenarios/negative/incoming-hangs.yaml").front().kernels.back();
    kernel.series = with.series;
  }
  static AttemptHooks incoming_with(std::string word) {
    AttemptHooks hooks;
    hooks.incoming_cmdline = {std::move(word)};
    return hooks;
  }
  /// The verdict, the words of its reason, and the machine recovered.
  void expect_end(const AttemptReport& report, Verdict verdict,
                  const std::vector<std::string>& words) {
    EXPECT_EQ(report.verdict, verdict) << report.reason;
    for (const std::string& word : words) EXPECT_THAT(report.reason, HasSubstr(word));
    expect_home(report);
    EXPECT_EQ(left_there(), "0\n");
  }
};

TEST_F(RecoveryOverSsh, AHangInTheIncomingKernelFails) {
  start_guest();
  const AttemptReport report = attempt(incoming_with("luolab.trouble=hang"));
  expect_end(report, Verdict::FAIL, {"silence", "luolab.trouble=hang"});
}

TEST_F(RecoveryOverSsh, APanicOfTheIncomingKernelFailsWithItsWords) {
  start_guest();
  const AttemptReport report = attempt(incoming_with("luolab.trouble=panic"));
  expect_end(report, Verdict::FAIL, {"Kernel panic - not syncing: luolab.trouble=panic"});
}

TEST_F(RecoveryOverSsh, PacketsThatVanishAreTheNetworksFault) {
  // The system under test says by its own clock that nothing comes in, and an emulated machine's
  // clock is slow where processors are scarce.
  job_.timeouts.silence = std::chrono::seconds(60);
  start_guest({"--proxy"});
  // The network comes back when the machine has been switched off and on.
  on_activity_ = [this](std::string_view activity) {
    if (activity.find("power-cycling") != activity.npos)
      asio::co_spawn(io_, keeper("mend"), asio::detached);
  };
  const AttemptReport report = attempt(in_the_blackout("cut"));
  expect_end(report, Verdict::MISS, {"the network is dead"});
}

TEST_F(RecoveryOverSsh, AMachineThatIsHomeByItselfRunsTheWrongKernel) {
  start_guest();
  const AttemptReport report = attempt(in_the_blackout("cycle"));
  expect_end(report, Verdict::MISS, {"home system"});
}

TEST_F(RecoveryOverSsh, AnotherBuildThanTheOneThatWasLoadedIsToldByItsId) {
  start_guest();
  AttemptHooks hooks;
  KernelSpec other = job_.kernels.front();
  other.series.resize(1);  // without boot-trouble
  hooks.incoming_image = build(other).image;
  const AttemptReport report = attempt(std::move(hooks));
  EXPECT_EQ(check_of(report, "continuity.build-id").verdict, Verdict::MISS);
  expect_end(report, Verdict::MISS, {});
}

TEST_F(RecoveryOverSsh, AMachineThatIsGoneIsToldByItsPowerSwitch) {
  start_guest();
  const AttemptReport report = attempt(in_the_blackout("kill"));
  expect_end(report, Verdict::MISS, {"its power switch"});
}

TEST_F(RecoveryOverSsh, AMachineThatFailsItsHealthCheckIsOfflineUntilItPasses) {
  start_guest();
  asio::cancellation_signal enough;
  std::vector<std::string> told;
  MachineHealth health({.machines = machines(),
                        .cache = scratch(),
                        .changed =
                            [&](const std::string&, const std::string& reason) {
                              told.push_back(reason);
                              if (reason.empty()) {
                                enough.emit(asio::cancellation_type::terminal);
                              } else {
                                asio::co_spawn(io_, keeper("on"), asio::detached);
                              }
                            },
                        .while_well = std::chrono::seconds(1),
                        .while_offline = std::chrono::seconds(1)});
  ASSERT_EQ(left_there(), "0\n");
  run_task(io_, keeper("kill"));
  asio::co_spawn(io_, health.watch(), asio::bind_cancellation_slot(enough.slot(), asio::detached));
  io_.restart();
  io_.run();
  ASSERT_GE(told.size(), 2U);
  EXPECT_THAT(told.front(), HasSubstr("127.0.0.1"));
  EXPECT_EQ(told.back(), "");
  EXPECT_THAT(health.offline(), testing::IsEmpty());
  EXPECT_EQ(left_there(), "0\n");
}

TEST_F(RecoveryOverSsh, AMachineThatWasLeftAwayIsBroughtHomeByTheHealthCheck) {
  start_guest();
  fs::create_directories(scratch() / "locks");
  write_left_mark(away_file(scratch(), machine()), {.token = 1});
  const std::string boot = at_home("cat /proc/sys/kernel/random/boot_id");
  run_task(io_, keeper("kill"));
  MachineHealth health({.machines = machines(), .cache = scratch()});
  asio::cancellation_signal enough;
  const auto wait = [&]() -> Task<void> {
    asio::steady_timer timer(io_);
    while (fs::exists(away_file(scratch(), machine()))) {
      timer.expires_after(std::chrono::milliseconds(200));
      co_await timer.async_wait(asio::use_awaitable);
    }
    enough.emit(asio::cancellation_type::terminal);
  };
  asio::co_spawn(io_, health.watch(), asio::bind_cancellation_slot(enough.slot(), asio::detached));
  run_task(io_, wait());
  EXPECT_NE(at_home("cat /proc/sys/kernel/random/boot_id"), boot);
  EXPECT_EQ(left_there(), "0\n");
}

}  // namespace
}  // namespace luolab
