// SPDX-License-Identifier: Apache-2.0
#include "cli/inventory_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace luolab {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class Inventory : public testing::Test {
 protected:
  Inventory() {
    base_.layout = worker_layout("/usr/local").value();
    base_.login.user = "root";
    base_.slots = 4;
  }
  std::vector<FleetMachine> good(std::string_view text) const {
    auto read = parse_inventory(text, "lab.yaml", base_);
    EXPECT_TRUE(read) << read.error().what;
    return read ? std::move(*read) : std::vector<FleetMachine>();
  }
  std::string wrong(std::string_view text) const {
    const auto read = parse_inventory(text, "lab.yaml", base_);
    EXPECT_FALSE(read);
    return read ? "" : read.error().what;
  }
  FleetMachine base_;
};

TEST_F(Inventory, AMachineHasItsOwnKeysThenTheDefaultsThenTheFlags) {
  const auto machines = good(R"(
defaults: {user: lab, sudo: true, tags: [kvm], key: /etc/lab.key}
machines:
  - {host: 10.0.0.7, host_key: "ssh-ed25519 AAAA"}
  - {host: 10.0.0.8, name: west, port: 2222, user: root, sudo: false, tags: [], slots: 8,
     prefix: /opt/lab, run_as: bench}
)");
  ASSERT_EQ(machines.size(), 2U);
  EXPECT_EQ(machines[0].address(), "lab@10.0.0.7:22");
  EXPECT_EQ(machines[0].host_key, "ssh-ed25519 AAAA");
  EXPECT_TRUE(machines[0].sudo);
  EXPECT_THAT(machines[0].tags, ElementsAre("kvm"));
  EXPECT_EQ(machines[0].slots, 4U);
  EXPECT_EQ(machines[0].name, "");
  EXPECT_EQ(machines[1].address(), "root@10.0.0.8:2222");
  EXPECT_EQ(machines[1].login.key_file, "/etc/lab.key");
  EXPECT_FALSE(machines[1].sudo);
  EXPECT_THAT(machines[1].tags, IsEmpty());
  EXPECT_EQ(machines[1].slots, 8U);
  EXPECT_EQ(machines[1].name, "west");
  EXPECT_EQ(machines[1].layout.program, "/opt/lab/bin/luolab");
  EXPECT_EQ(machines[1].user, "bench");
}

TEST_F(Inventory, EverythingThatIsWrongIsSaidWithItsPlace) {
  const std::string errors = wrong(
      "defaults: {slot: 2}\n"
      "machines:\n"
      "  - {host: a, port: 70000}\n"
      "  - {name: west}\n"
      "  - {host: b, sudo: maybe, host_key: AAAA}\n"
      "  - {host: c, slots: 0, tags: [\"a b\"], prefix: relative}\n");
  EXPECT_THAT(errors, AllOf(HasSubstr("lab.yaml:1:12: "), HasSubstr("slots"),
                            HasSubstr("lab.yaml:3:21: "), HasSubstr("70000"),
                            HasSubstr("lab.yaml:4:5: "), HasSubstr("\"host\" is missing"),
                            HasSubstr("machines[2].sudo"), HasSubstr("machines[2].host_key")));
  EXPECT_THAT(errors, AllOf(HasSubstr("machines[3].slots"), HasSubstr("machines[3].tags[0]"),
                            HasSubstr("machines[3].prefix"), HasSubstr("try /usr/local")));
}

TEST_F(Inventory, OneMachineOrOneNameTwiceIsAnError) {
  EXPECT_THAT(wrong("machines:\n  - {host: a}\n  - {host: a}\n"),
              AllOf(HasSubstr("lab.yaml:3:5: "), HasSubstr("root@a:22 is there already")));
  EXPECT_THAT(wrong("machines:\n  - {host: a, name: x}\n  - {host: b, name: x}\n"),
              HasSubstr("the name x is taken"));
}

TEST_F(Inventory, WhatIsNoInventoryIsAnError) {
  EXPECT_THAT(wrong("hosts: []\n"),
              AllOf(HasSubstr("hosts"), HasSubstr("\"machines\" is missing")));
  EXPECT_THAT(wrong("machines: [\n"), HasSubstr("lab.yaml:"));
  EXPECT_THAT(wrong("{}\n---\n{}\n"), HasSubstr("one document"));
}

}  // namespace
}  // namespace luolab
