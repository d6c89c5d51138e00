// SPDX-License-Identifier: Apache-2.0
#include "worker/target/qemu_command.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace luolab {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

BootSpec boot() {
  return {.name = "a,b",
          .image = "/k/bzImage",
          .initrd = "/k/initrd",
          .cmdline = "console=ttyS0",
          .memory_bytes = std::uint64_t{2} << 30,
          .cpus = 2,
          .console_file = "/tmp/x,y/console.log"};
}

std::string value_of(const std::vector<std::string>& arguments, const std::string& flag) {
  const auto at = std::ranges::find(arguments, flag);
  return at == arguments.end() || at + 1 == arguments.end() ? "" : *(at + 1);
}

TEST(QemuCommand, TakesMemoryAndCpusFromTheScenario) {
  const auto arguments = qemu_arguments({}, boot());
  EXPECT_EQ(value_of(arguments, "-m"), "2147483648B");
  EXPECT_EQ(value_of(arguments, "-smp"), "2");
}

TEST(QemuCommand, CommasInNamesDoNotBreakTheOptionSyntax) {
  const auto arguments = qemu_arguments({}, boot());
  EXPECT_EQ(value_of(arguments, "-name"), "guest=luolab a,,b");
  EXPECT_THAT(arguments, Contains(HasSubstr("logfile=/tmp/x,,y/console.log")));
}

TEST(QemuCommand, AnEqualsSignInTheNameIsNotTakenForAKey) {
  BootSpec spec = boot();
  spec.name = "job[size=1MiB]#0";
  EXPECT_EQ(value_of(qemu_arguments({}, spec), "-name"), "guest=luolab job[size=1MiB]#0");
}

TEST(QemuCommand, AResetEndsTheMachineUnlessATestWantsOtherwise) {
  EXPECT_THAT(qemu_arguments({}, boot()), Contains("-no-reboot"));
  EXPECT_THAT(qemu_arguments({.survive_reset = true}, boot()), Not(Contains("-no-reboot")));
}

TEST(QemuCommand, NoDeviceThatWasNotAskedFor) {
  EXPECT_THAT(qemu_arguments({}, boot()), Contains("-nodefaults"));
}

TEST(QemuCommand, AForkGetsItsMemoryCopyOnWriteAndWaitsForItsState) {
  const auto arguments =
      qemu_arguments({.memory_file = MemoryFile{"/m", false}, .await_state = true}, boot());
  EXPECT_THAT(value_of(arguments, "-object"), HasSubstr("share=off"));
  EXPECT_EQ(value_of(arguments, "-incoming"), "defer");
  EXPECT_THAT(arguments, Contains("-S"));
}

TEST(QemuCommand, TheProcessorFollowsTheAccelerator) {
  EXPECT_EQ(value_of(qemu_arguments({.accel = "kvm"}, boot()), "-cpu"), "host");
  EXPECT_EQ(value_of(qemu_arguments({.accel = "tcg"}, boot()), "-cpu"), "max,-erms,-fsrm");
}

TEST(QemuCommand, ACableIsASocketThatIsInherited) {
  QemuOptions options;
  options.network = 40;
  const auto arguments = qemu_arguments(options, boot());
  EXPECT_EQ(value_of(arguments, "-netdev"), "dgram,id=net,local.type=fd,local.str=6");
  EXPECT_THAT(arguments, Contains("virtio-net-pci,netdev=net,mac=52:54:00:10:00:02,romfile="));
}

}  // namespace
}  // namespace luolab
