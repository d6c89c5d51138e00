// SPDX-License-Identifier: Apache-2.0
// Trouble on a machine that is reached over SSH, made for real: each kind is told apart, the
// machine is recovered, and nothing of luolab is left on it. One test per kind, so that the bench
// `recovery` can repeat each of them.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/kernel/foreign_fixture.h"

namespace luolab {
namespace {

using testing::HasSubstr;

class Recovery : public ForeignFixture {
 protected:
  /// All kernels can panic or hang on request.
  Recovery() {
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
  void expect_recovered(const AttemptReport& report) {
    expect_home(report);
    EXPECT_EQ(left_there(), "0\n");
  }
};

TEST_F(Recovery, AHangInTheIncomingKernelFails) {
  start_guest();
  const AttemptReport report = attempt(incoming_with("luolab.trouble=hang"));
  EXPECT_EQ(report.verdict, Verdict::FAIL) << report.reason;
  EXPECT_THAT(report.reason, HasSubstr("silence"));
  EXPECT_THAT(report.reason, HasSubstr("luolab.trouble=hang"));
  expect_recovered(report);
}

TEST_F(Recovery, APanicOfTheIncomingKernelFailsWithItsWords) {
  start_guest();
  const AttemptReport report = attempt(incoming_with("luolab.trouble=panic"));
  EXPECT_EQ(report.verdict, Verdict::FAIL) << report.reason;
  EXPECT_THAT(report.reason, HasSubstr("Kernel panic - not syncing: luolab.trouble=panic"));
  expect_recovered(report);
}

TEST_F(Recovery, PacketsThatVanishAreTheNetworksFault) {
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
  EXPECT_EQ(report.verdict, Verdict::MISS) << report.reason;
  EXPECT_THAT(report.reason, HasSubstr("the network is dead"));
  expect_recovered(report);
}

TEST_F(Recovery, AMachineThatIsHomeByItselfRunsTheWrongKernel) {
  start_guest();
  const AttemptReport report = attempt(in_the_blackout("cycle"));
  EXPECT_EQ(report.verdict, Verdict::MISS) << report.reason;
  EXPECT_THAT(report.reason, HasSubstr("home system"));
  expect_recovered(report);
}

TEST_F(Recovery, AnotherBuildThanTheOneThatWasLoadedIsToldByItsId) {
  start_guest();
  AttemptHooks hooks;
  KernelSpec other = job_.kernels.front();
  other.series.resize(1);  // without boot-trouble
  hooks.incoming_image = build(other).image;
  const AttemptReport report = attempt(std::move(hooks));
  EXPECT_EQ(report.verdict, Verdict::MISS) << report.reason;
  EXPECT_EQ(check_of(report, "continuity.build-id").verdict, Verdict::MISS);
  expect_recovered(report);
}

TEST_F(Recovery, AMachineThatIsGoneIsToldByItsPowerSwitch) {
  start_guest();
  const AttemptReport report = attempt(in_the_blackout("kill"));
  EXPECT_EQ(report.verdict, Verdict::MISS) << report.reason;
  EXPECT_THAT(report.reason, HasSubstr("its power switch"));
  expect_recovered(report);
}

}  // namespace
}  // namespace luolab
