// SPDX-License-Identifier: Apache-2.0
#include "worker/fleet/host_facts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace luolab {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(HostFacts, AnAnswerIsRead) {
  const auto facts =
      read_host_facts(
          "arch=x86_64\nhost_name=east\nuid=0\nglibc=glibc 2.36\nsystemd=252\nuser=\n"
          "missing=tar\nlibrary=libssh.so.4\nabsent=/opt\nabsent=/opt/lab\n"
          "free_prefix=/dev/vda1 1000 400 600 40% /\n"
          "item=/opt/lab/bin/luolab abcd 755 root\nrecord=folder /opt\n"
          "options=--controller https://lab:7443 --name east --slots 2\n"
          "spooled=2\nenabled=enabled\nactive=activating\nend=1\n")
          .value();
  EXPECT_TRUE(facts.root);
  EXPECT_TRUE(facts.systemd);
  EXPECT_FALSE(facts.user);
  EXPECT_EQ(facts.glibc, "2.36");
  EXPECT_EQ(facts.free_prefix_bytes, 600U << 10);
  EXPECT_EQ(facts.items.at("/opt/lab/bin/luolab").sha256, "abcd");
  EXPECT_EQ(facts.items.at("/opt/lab/bin/luolab").mode, "755");
  EXPECT_THAT(facts.absent_folders, ElementsAre("/opt", "/opt/lab"));
  EXPECT_THAT(facts.libraries, ElementsAre("libssh.so.4"));
  EXPECT_EQ(facts.option("--name"), "east");
  EXPECT_EQ(facts.option("--token-file"), "");
  EXPECT_EQ(facts.spooled, 2U);
  EXPECT_EQ(facts.active, "activating");
}

TEST(HostFacts, AnAnswerThatEndsEarlyIsTheMachinesTrouble) {
  const auto facts = read_host_facts("This account is currently not available.\n");
  ASSERT_FALSE(facts);
  EXPECT_EQ(facts.error().fault, Fault::lab);
  EXPECT_THAT(facts.error().what, HasSubstr("not available"));
}

TEST(HostFacts, ALineTooMuchIsNoHarm) {
  const auto facts = read_host_facts("Welcome!\narch=x86_64\nnews=1\n\n=\nend=1\n");
  ASSERT_TRUE(facts);
  EXPECT_EQ(facts->arch, "x86_64");
}

}  // namespace
}  // namespace luolab
