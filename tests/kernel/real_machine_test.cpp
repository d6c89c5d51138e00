// SPDX-License-Identifier: Apache-2.0
// Live updates on a guest that luolab does not own and reaches over SSH.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/kernel/foreign_fixture.h"
#include "worker/target/machine_lock.h"
#include "worker/target/ssh_key.h"

namespace luolab {
namespace {

using testing::HasSubstr;

using OverSsh = ForeignFixture;

TEST_F(OverSsh, LiveUpdatesPassAndTheMachineIsHomeAndClean) {
  start_guest();
  const AttemptReport passed = attempt();
  EXPECT_EQ(passed.verdict, Verdict::PASS) << passed.reason << console();
  expect_home(passed);
  EXPECT_EQ(left_there(), "0\n");
}

TEST_F(OverSsh, AMachineWithDebiansKernelIsLeftByKexecAndComesHomeToIt) {
  start_debian_guest();
  job_.hops.resize(1);
  const AttemptReport passed = attempt();
  EXPECT_EQ(passed.verdict, Verdict::PASS) << passed.reason << console();
  expect_home(passed);
  EXPECT_THAT(at_home("uname -v"), HasSubstr("Debian"));
  EXPECT_EQ(left_there(), "0\n");
}

TEST_F(OverSsh, AMachineKeepsItsOwnRootFileSystemUnderTheKernelUnderTest) {
  // One for each kernel: what was uploaded is gone with a root file system in memory.
  start_guest({"--own-initrd", "3"});
  job_.hops.resize(1);
  machine().root = RootSystem::own;
  machine().initrd = "/boot/initrd";
  const AttemptReport passed = attempt();
  EXPECT_EQ(passed.verdict, Verdict::PASS) << passed.reason << console();
  EXPECT_THAT(console(), HasSubstr("home: SSH starts")) << "its own init runs there";
  expect_home(passed);
  EXPECT_EQ(left_there(), "0\n");
}

TEST_F(OverSsh, AMachineThatCantBeUsedIsRefusedWithTheRemedy) {
  start_guest({"--disk", "40M"});
  const SshMachine good = machine();
  const auto refusal = [&] {
    const AttemptReport report = attempt();
    EXPECT_EQ(report.verdict, Verdict::MISS);
    machine() = good;
    return report.reason;
  };
  EXPECT_THAT(refusal(), HasSubstr("make room in /var/tmp"));
  machine().host_key = make_ssh_key().public_text;
  EXPECT_THAT(refusal(), HasSubstr("luolab target probe"));
  machine().login.user = "stranger";
  EXPECT_THAT(refusal(), HasSubstr("authorized_keys"));
  machine().login.user = "visitor";
  EXPECT_THAT(refusal(), HasSubstr("log in as root"));
  machine().login.user = "visitor";
  machine().sudo = true;
  EXPECT_THAT(refusal(), HasSubstr("NOPASSWD"));
  EXPECT_EQ(left_there(), "0\n");
}

TEST_F(OverSsh, ADiskThatFillsUpDuringTheUploadIsNamedAndNothingStays) {
  start_guest({"--disk", "96M"});
  on_activity_ = [this, done = false](std::string_view activity) mutable {
    if (done || activity.find("uploading") == activity.npos) return;
    done = true;
    at_home("dd if=/dev/zero of=/var/tmp/other bs=1M 2> /dev/null");
  };
  const AttemptReport report = attempt();
  EXPECT_EQ(report.verdict, Verdict::MISS);
  EXPECT_THAT(report.reason, HasSubstr("is the disk full?"));
  expect_home(report);
  EXPECT_EQ(left_there(), "0\n");
}

TEST_F(OverSsh, AMachineThatAnotherLabUsesIsLeftAlone) {
  start_guest();
  at_home(lock_script({"other-lab", 7}, std::chrono::seconds(600)));
  const AttemptReport report = attempt();
  EXPECT_EQ(report.verdict, Verdict::MISS);
  EXPECT_THAT(report.reason, HasSubstr("other-lab"));
  EXPECT_EQ(left_there(), "/var/tmp/luolab.lock\n0\n");
}

}  // namespace
}  // namespace luolab
