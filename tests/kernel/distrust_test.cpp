// SPDX-License-Identifier: Apache-2.0
// Real machines that cheat, break or are broken: never PASS, and the right one is blamed.
#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/wire/agent_wire.h"
#include "tests/kernel/lab_fixture.h"
#include "worker/run/agent_request.h"

namespace luolab {
namespace {

using testing::HasSubstr;

class Distrust : public LabFixture {
 protected:
  /// Does something to the machine once, as soon as the outgoing kernel is on its way out.
  template <class Act>
  static AttemptHooks in_the_blackout(Act act) {
    AttemptHooks hooks;
    hooks.after_event = [act, done = false](Target& target,
                                            const RunMachine& machine) mutable -> Task<void> {
      if (done || machine.activity().find("waiting for the incoming kernel") == std::string::npos)
        co_return;
      done = true;
      co_await act(dynamic_cast<QemuTarget&>(target));
    };
    return hooks;
  }
};

TEST_F(Distrust, OneFlippedByteFails) {
  AttemptHooks hooks;
  // The last byte of the memfd, flipped after it was recorded.
  hooks.tampering.push_back(
      agent_request::memfd_write("quickstart/random", (32U << 20) - 2048, "5a"));
  const AttemptReport report = run(quickstart(), std::move(hooks));
  EXPECT_EQ(report.verdict, Verdict::FAIL);
  EXPECT_THAT(report.reason, HasSubstr("content of quickstart/random"));
}

TEST_F(Distrust, OneFlippedByteIsShownInThePageMap) {
  AttemptHooks hooks;
  hooks.tampering.push_back(
      agent_request::memfd_write("quickstart/random", (32U << 20) - 2048, "5a"));
  const AttemptReport report = run(quickstart(), std::move(hooks));
  EXPECT_THAT(report.reason, HasSubstr("1 page corrupt; first at page 8191"));
  const boost::json::value map = page_map();
  ASSERT_EQ(map.at("bad").as_array().size(), 1U);
  const boost::json::value& bad = map.at("bad").at(0);
  EXPECT_EQ(bad.at("page"), 8191);
  EXPECT_EQ(bad.at("state"), "C");
  EXPECT_EQ(bad.at("first_difference_byte"), 2048);
  EXPECT_EQ(bad.at("different_words"), 1);
  EXPECT_EQ(bad.at("expected"), bad.at("actual")) << "both ends are right";
}

TEST_F(Distrust, PagesThatReadAsZeroAreShownAsLost) {
  AttemptHooks hooks;
  for (const std::uint64_t page : {511U, 512U, 700U}) {
    hooks.tampering.push_back(
        agent_request::memfd_write("quickstart/records", page * 4096, std::string(8192, '0')));
  }
  hooks.tampering.push_back(
      agent_request::memfd_write("quickstart/random", 9 * 4096, std::string(16, '0')));
  const AttemptReport report = run(quickstart(), std::move(hooks));
  EXPECT_THAT(report.reason, HasSubstr("1 page corrupt; first at page 9"));
  const boost::json::value map = page_map();
  EXPECT_EQ(map.at("memfds").at(0).at("states"), "W9CW8182");
  EXPECT_EQ(map.at("memfds").at(1).at("states"), "W511L2W187LW7491");
}

TEST_F(Distrust, PagesThatAKernelSwapsAreShownAsForeign) {
  Job job = quickstart();
  const std::string patch = "kernel-patches/mutants/01-last-folios-swapped.patch";
  const auto text = read_file(std::filesystem::path(LUOLAB_SOURCE_DIR) / patch);
  ASSERT_TRUE(text) << text.error().what;
  job.kernels[job.outgoing].series.push_back({"mutant", {{"01-last-folios-swapped.patch", *text}}});
  const AttemptReport report = run(job);
  EXPECT_EQ(report.verdict, Verdict::FAIL);
  EXPECT_THAT(report.reason,
              HasSubstr("2 pages foreign; first at page 8190 (holds page 8191 of the same memfd)"));
  const boost::json::value map = page_map();
  EXPECT_EQ(map.at("memfds").at(0).at("states"), "W8190F2");
  EXPECT_EQ(map.at("memfds").at(1).at("states"), "W8190F2");
  ASSERT_EQ(map.at("bad").as_array().size(), 4U);
  const boost::json::value& last = map.at("bad").at(3);
  EXPECT_EQ(last.at("found").at("memfd"), "quickstart/records");
  EXPECT_EQ(last.at("found").at("page"), 8190);
  EXPECT_EQ(last.at("found").at("identical"), true);
}

TEST_F(Distrust, AnAgentThatRegeneratesItsDataNeverPasses) {
  AttemptHooks hooks;
  hooks.incoming_cmdline.emplace_back(wire::kMisbehaveRegenerate);
  const AttemptReport report = run(quickstart(), std::move(hooks));
  EXPECT_EQ(report.verdict, Verdict::FAIL) << report.reason;
}

TEST_F(Distrust, AnAgentThatInventsTheNonceNeverPasses) {
  AttemptHooks hooks;
  hooks.incoming_cmdline.emplace_back(wire::kMisbehaveNonce);
  const AttemptReport report = run(quickstart(), std::move(hooks));
  EXPECT_EQ(report.verdict, Verdict::FAIL);
  EXPECT_EQ(check_of(report, "continuity.nonce").verdict, Verdict::FAIL);
}

TEST_F(Distrust, AnotherKernelThanTheOneLoadedIsTheLabsFault) {
  const Job pair = jobs_of("scenarios/library/version-pair.yaml").front();
  AttemptHooks hooks;
  hooks.incoming_image = build(pair.kernels[pair.outgoing]).image;  // 7.2 where 7.3 is wanted
  const AttemptReport report = run(quickstart(), std::move(hooks));
  EXPECT_EQ(report.verdict, Verdict::MISS);
  EXPECT_EQ(check_of(report, "continuity.build-id").verdict, Verdict::MISS);
}

TEST_F(Distrust, AColdResetInTheMiddleIsTheLabsFault) {
  AttemptHooks hooks = in_the_blackout(
      [](QemuTarget& target) -> Task<void> { co_await target.monitor("system_reset"); });
  hooks.survive_reset = true;
  const AttemptReport report = run(quickstart(), std::move(hooks));
  EXPECT_EQ(report.verdict, Verdict::MISS) << report.reason;
  EXPECT_THAT(report.reason, HasSubstr("reset"));
}

TEST_F(Distrust, AMachineThatIsSwitchedOffInTheBlackoutIsTheLabsFault) {
  const AttemptReport report = run(
      quickstart(),
      in_the_blackout([](QemuTarget& target) -> Task<void> { co_await target.monitor("quit"); }));
  EXPECT_EQ(report.verdict, Verdict::MISS) << report.reason;
}

TEST_F(Distrust, AnIncomingKernelThatPanicsFailsWithItsWords) {
  AttemptHooks hooks;
  hooks.incoming_cmdline = {"rdinit=/nothing", "init=/nothing"};
  const AttemptReport report = run(quickstart(), std::move(hooks));
  EXPECT_EQ(report.verdict, Verdict::FAIL);
  EXPECT_THAT(report.reason, HasSubstr("Kernel panic"));
  ASSERT_FALSE(report.findings.empty());
}

TEST_F(Distrust, AnIncomingKernelWithoutHandoverFails) {
  AttemptHooks hooks;
  hooks.incoming_cmdline = {"kho=off"};
  const AttemptReport report = run(quickstart(), std::move(hooks));
  EXPECT_EQ(report.verdict, Verdict::FAIL) << report.reason;
}

TEST_F(Distrust, KernelsThatPrintNothingProveNothing) {
  Job job = quickstart();
  job.target.cmdline = {
      "8250.nr_uarts=0"};  // the memory does survive, but no banner says that a kernel started
  const AttemptReport report = run(job);
  EXPECT_EQ(report.verdict, Verdict::MISS) << report.reason;
  EXPECT_EQ(check_of(report, "continuity.banners").verdict, Verdict::MISS);
}

TEST_F(Distrust, AWorkerThatCannotWriteItsFilesIsTheLabsFault) {
  set_scratch("/proc/nothing-can-be-written-here");
  const AttemptReport report = run(quickstart());
  EXPECT_EQ(report.verdict, Verdict::MISS) << report.reason;
  EXPECT_THAT(report.reason, HasSubstr("/proc/nothing-can-be-written-here"));
}

TEST_F(Distrust, AnOutgoingKernelWithoutLiveUpdateIsSkipped) {
  Job job = quickstart();
  job.target.cmdline = {"liveupdate=off"};
  const AttemptReport report = run(job);
  EXPECT_EQ(report.verdict, Verdict::SKIP) << report.reason;
}

TEST_F(Distrust, APatchThatDoesNotApplyIsSkippedWithItsReject) {
  Job job = quickstart();
  job.kernels[0].series.push_back({"stale",
                                   {{"0001-stale.patch",
                                     "--- a/mm/memfd_luo.c\n+++ b/mm/memfd_luo.c\n@@ -1,3 +1,3 "
                                     "@@\n not\n-what\n+is\n there\n"}}});
  const AttemptReport report = run(job);
  EXPECT_EQ(report.verdict, Verdict::SKIP);
  EXPECT_THAT(report.reason, HasSubstr("mm/memfd_luo.c"));
  EXPECT_THAT(report.reason, HasSubstr("-what"));
}

}  // namespace
}  // namespace luolab
