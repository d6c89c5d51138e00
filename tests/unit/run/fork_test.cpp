// SPDX-License-Identifier: Apache-2.0
#include "worker/run/fork.h"

#include <gtest/gtest.h>

namespace luolab {
namespace {

MachineTemplate saved_at(StartPoint point) {
  MachineTemplate made;
  made.point = point;
  made.secrets = {std::string(32, 'a'), 42};
  return made;
}

TEST(Fork, OfABootedMachineHasSecretsOfItsOwn) {
  const MachineTemplate origin = saved_at(StartPoint::booted);
  const AttemptSecrets secrets = secrets_of_fork(origin);
  EXPECT_NE(secrets.nonce, origin.secrets.nonce);
  EXPECT_NE(secrets.seed, origin.secrets.seed);
}

TEST(Fork, OfAPreparedMachineSharesTheContentsButNeverTheNonce) {
  const MachineTemplate origin = saved_at(StartPoint::prepared);
  const AttemptSecrets one = secrets_of_fork(origin), other = secrets_of_fork(origin);
  EXPECT_EQ(one.seed, origin.secrets.seed);
  EXPECT_NE(one.nonce, origin.secrets.nonce);
  EXPECT_NE(one.nonce, other.nonce);
}

TEST(Fork, OfAHandedOverMachineExpectsWhatThatOneWasTold) {
  const MachineTemplate origin = saved_at(StartPoint::handed_over);
  const AttemptSecrets secrets = secrets_of_fork(origin);
  EXPECT_EQ(secrets.nonce, origin.secrets.nonce);
  EXPECT_EQ(secrets.seed, origin.secrets.seed);
}

TEST(MachineShape, IsTheSameForAMachineAndItsForksAndForNoOther) {
  QemuOptions own, fork;
  own.memory_file = MemoryFile{"/memory", true};
  fork.memory_file = MemoryFile{"/memory", false};
  fork.await_state = true;
  const BootSpec boot{.name = "one", .image = "/k", .initrd = "/i", .console_file = "/c"};
  BootSpec other_job = boot;
  other_job.name = "two";
  other_job.initrd = other_job.console_file = "/elsewhere";
  EXPECT_EQ(machine_shape(own, boot), machine_shape(fork, other_job));
  for (const auto change :
       {+[](BootSpec& spec) { spec.cpus = 2; }, +[](BootSpec& spec) { spec.memory_bytes += 4096; },
        +[](BootSpec& spec) { spec.cmdline = "nosmt"; },
        +[](BootSpec& spec) { spec.image = "/another"; }}) {
    BootSpec changed = boot;
    change(changed);
    EXPECT_NE(machine_shape(own, boot), machine_shape(own, changed));
  }
}

}  // namespace
}  // namespace luolab
