// SPDX-License-Identifier: Apache-2.0
#include "worker/fleet/install_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "worker/fleet/install_script.h"

namespace luolab {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class Plan : public testing::Test {
 protected:
  Plan() {
    payload_.program = content_of("program");
    payload_.agent = content_of("agent");
    payload_.data = content_of("data");
    settings_.controller = "https://lab.example:7443";
    settings_.name = "east";
    settings_.token = "secret";
    settings_.use_token = true;
    facts_.arch = "x86_64";
    facts_.glibc = "2.36";
    facts_.root = facts_.systemd = facts_.user = true;
    facts_.free_prefix_bytes = facts_.free_config_bytes = std::uint64_t{1} << 30;
  }

  std::vector<InstalledItem> items() const { return items_of(layout_, payload_, settings_); }
  /// The machine as it is after all of it was done.
  void install() {
    for (const InstalledItem& item : items())
      facts_.items[item.path] = {item.content.sha256, item.mode, item.owner};
    facts_.enabled = "enabled";
    facts_.active = "active";
  }
  std::vector<std::string> changed(const InstallPlan& plan) const {
    std::vector<std::string> steps;
    for (const InstallStep& step : plan.steps)
      if (step.change) steps.push_back(step.name);
    return steps;
  }
  std::vector<std::string> obstacles(FleetOrder order = FleetOrder::add) const {
    return install_obstacles(order, layout_, facts_, make_plan(order, facts_, items()), kWorkerUser,
                             "2.36");
  }

  WorkerLayout layout_ = worker_layout("/usr/local").value();
  WorkerPayload payload_;
  WorkerSettings settings_;
  HostFacts facts_;
};

TEST_F(Plan, AnEmptyMachineGetsEverything) {
  facts_.user = false;
  const auto plan = make_plan(FleetOrder::add, facts_, items());
  EXPECT_THAT(changed(plan), ElementsAre("user", "program", "agent", "data", "unit", "token",
                                         "options", "service"));
  EXPECT_TRUE(plan.make_user && plan.enable && plan.restart);
  EXPECT_THAT(obstacles(), IsEmpty());
}

TEST_F(Plan, AMachineThatHasEverythingIsLeftAlone) {
  install();
  const auto plan = make_plan(FleetOrder::add, facts_, items());
  EXPECT_FALSE(plan.changes());
  EXPECT_FALSE(plan.restart);
}

TEST_F(Plan, AnotherModeOrOwnerIsADifferenceToo) {
  install();
  facts_.items[layout_.token].mode = "644";
  EXPECT_THAT(changed(make_plan(FleetOrder::add, facts_, items())),
              ElementsAre("token", "service"));
  install();
  facts_.items[layout_.program].owner = "somebody";
  EXPECT_THAT(changed(make_plan(FleetOrder::add, facts_, items())),
              ElementsAre("program", "service"));
}

TEST_F(Plan, AWorkerThatDoesNotRunIsStarted) {
  install();
  facts_.active = "failed";
  EXPECT_THAT(changed(make_plan(FleetOrder::add, facts_, items())), ElementsAre("service"));
}

TEST_F(Plan, UpgradeLeavesTokenOptionsAndAStoppedWorkerAlone) {
  install();
  facts_.active = "inactive";
  facts_.items[layout_.token].sha256 = facts_.items[layout_.options].sha256 = "another";
  EXPECT_FALSE(make_plan(FleetOrder::upgrade, facts_, items()).changes());
  payload_.agent = content_of("a newer agent");
  EXPECT_THAT(changed(make_plan(FleetOrder::upgrade, facts_, items())),
              ElementsAre("agent", "service"));
}

TEST_F(Plan, EveryObstacleIsNamedWithItsRemedy) {
  facts_.arch = "aarch64";
  facts_.glibc = "2.31";
  facts_.systemd = false;
  facts_.missing = {"tar"};
  facts_.libraries = {"libssh.so.4", "libssl.so.3", "libcrypto.so.3"};
  facts_.free_prefix_bytes = 1 << 20;
  facts_.unwritable = {"/usr/local"};
  EXPECT_THAT(obstacles(),
              ElementsAre(HasSubstr("systemctl"), HasSubstr("tar missing"), HasSubstr("aarch64"),
                          HasSubstr("glibc 2.36"), HasSubstr("apt-get install libssh-4 libssl3"),
                          HasSubstr("1 MiB are free for /usr/local"), HasSubstr("read-only")));
}

TEST_F(Plan, OfALoginThatIsNotRootNothingElseIsSaid) {
  facts_.root = facts_.systemd = false;
  facts_.unwritable = {"/usr/local"};
  EXPECT_THAT(obstacles(), ElementsAre(HasSubstr("NOPASSWD")));
  EXPECT_THAT(removal_obstacles(facts_), ElementsAre(HasSubstr("NOPASSWD")));
}

TEST_F(Plan, ANewerCLibraryIsNoObstacleAndTwoDigitsAreMoreThanOne) {
  facts_.glibc = "2.41";
  EXPECT_THAT(obstacles(), IsEmpty());
  facts_.glibc = "2.9";
  EXPECT_THAT(obstacles(), ElementsAre(HasSubstr("glibc 2.36")));
}

TEST_F(Plan, WhereNoWorkerIsThereIsNothingToUpgrade) {
  EXPECT_THAT(obstacles(FleetOrder::upgrade), ElementsAre(HasSubstr("luolab fleet add")));
}

TEST_F(Plan, AFullDiskIsNoObstacleWhereNothingIsToBeWritten) {
  install();
  facts_.free_prefix_bytes = 0;
  EXPECT_THAT(obstacles(), IsEmpty());
}

TEST_F(Plan, TheRecordKnowsWhatWasMadeEarlierAndTheNewestToken) {
  facts_.record = {"folder /usr/local/lib/luolab", "token 3"};
  facts_.absent_folders = {"/etc/luolab"};
  const auto plan = make_plan(FleetOrder::add, facts_, items());
  EXPECT_EQ(record_text(facts_, plan, "luolab-worker", "7"),
            "folder /usr/local/lib/luolab\nfolder /etc/luolab\ntoken 7\n");
  EXPECT_THAT(record_text(facts_, plan, "luolab-worker", ""), HasSubstr("token 3"));
}

TEST_F(Plan, WhatAControllerInTheSamePrefixNeedsIsNotRemoved) {
  install();
  EXPECT_THAT(remove_script(layout_, facts_), HasSubstr(layout_.program));
  facts_.controller = true;
  EXPECT_THAT(remove_script(layout_, facts_), Not(HasSubstr("rm -rf " + layout_.program + " ")));
}

TEST_F(Plan, NoSecretIsInAScript) {
  const auto plan = make_plan(FleetOrder::add, facts_, items());
  std::string all = commit_script(plan) + start_script(layout_, plan, 30);
  for (const InstalledItem& item : plan.changed) all += stage_script(item);
  EXPECT_THAT(all, Not(HasSubstr("secret"))) << "command lines are for everybody on a machine";
}

}  // namespace
}  // namespace luolab
