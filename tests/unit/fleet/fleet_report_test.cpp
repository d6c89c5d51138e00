// SPDX-License-Identifier: Apache-2.0
#include "cli/fleet_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace luolab {
namespace {

using testing::HasSubstr;
using testing::Not;

FleetEntry entry(MachineState state, std::string what = {}) {
  return {"root@a:22", {state, "east", {}, std::move(what)}};
}

TEST(FleetReport, WhatChangedStandsBeforeWhatDidNot) {
  FleetEntry changed = entry(MachineState::changed);
  changed.outcome.steps = {{"user", "unchanged"}, {"program", "changed"}, {"service", "changed"}};
  EXPECT_THAT(fleet_table({changed}), HasSubstr("changed: program, service; unchanged: user\n"));
}

TEST(FleetReport, LaterLinesOfAReasonStandBelowAndNothingReachesTheTerminal) {
  const std::string table =
      fleet_table({entry(MachineState::failed, "disk is \x1b[31mfull\nmake room")});
  EXPECT_THAT(table, HasSubstr("failed       disk is full\n    make room\n"));
  EXPECT_THAT(table, Not(HasSubstr("\x1b")));
}

TEST(FleetReport, AWaitingAFailedAndAnInterruptedMachineAreNotWell) {
  EXPECT_TRUE(all_well({entry(MachineState::changed), entry(MachineState::unchanged),
                        entry(MachineState::would_change)}));
  for (const auto state : {MachineState::waiting, MachineState::failed, MachineState::interrupted})
    EXPECT_FALSE(all_well({entry(MachineState::changed), entry(state)}));
}

TEST(FleetReport, TheJsonHasEveryStepInItsOrder) {
  FleetEntry dry = entry(MachineState::would_change);
  dry.outcome.steps = {{"user", "unchanged"}, {"unit", "would change"}};
  const auto json = fleet_json(FleetOrder::upgrade, true, {dry});
  EXPECT_EQ(json.at("order"), "upgrade");
  EXPECT_EQ(json.at("dry_run"), true);
  const auto& machine = json.at("machines").at(0);
  EXPECT_EQ(machine.at("state"), "would change");
  EXPECT_EQ(machine.at("steps").at(1).at("step"), "unit");
  EXPECT_EQ(machine.at("steps").at(1).at("state"), "would change");
}

}  // namespace
}  // namespace luolab
