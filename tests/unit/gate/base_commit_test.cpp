// SPDX-License-Identifier: Apache-2.0
#include "controller/gate/base_commit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace luolab {
namespace {

using testing::HasSubstr;

const std::string kCommit(40, 'a');

GateOrder based(const std::string& base, bool has_commit = true) {
  GateOrder order;
  order.base = base;
  order.series = {
      {"s", {{"1", "diff"}, {"2", has_commit ? "x\nbase-commit: " + kCommit + "\n" : ""}}}};
  return order;
}

TEST(BaseCommit, AGitTreeWithoutARefTakesTheSeriesCommit) {
  GateOrder order = based("git:/src/linux");
  ASSERT_TRUE(honour_base_commit(order));
  EXPECT_EQ(order.base, "git:/src/linux@" + kCommit);
  EXPECT_TRUE(base_commit_notes(order).empty());
}

TEST(BaseCommit, AUserInAnAddressIsNoRef) {
  GateOrder order = based("git:ssh://git@host/linux");
  ASSERT_TRUE(honour_base_commit(order));
  EXPECT_EQ(order.base, "git:ssh://git@host/linux@" + kCommit);
}

TEST(BaseCommit, ARefThatIsGivenWinsAndTheDifferenceIsSaid) {
  GateOrder order = based("git:/src/linux@v7.3");
  ASSERT_TRUE(honour_base_commit(order));
  EXPECT_EQ(order.base, "git:/src/linux@v7.3");
  ASSERT_EQ(base_commit_notes(order).size(), 1U);
  EXPECT_THAT(base_commit_notes(order)[0], HasSubstr("v7.3"));
}

TEST(BaseCommit, WithoutACommitAGitTreeNeedsARef) {
  GateOrder order = based("git:/src/linux", false);
  EXPECT_THAT(honour_base_commit(order).error().what, HasSubstr("git:/src/linux@REF"));
}

TEST(BaseCommit, WhatIsNoGitTreeCannotBeCompared) {
  GateOrder order = based("linux-7.3");
  ASSERT_TRUE(honour_base_commit(order));
  EXPECT_THAT(base_commit_notes(order).at(0), HasSubstr("linux-7.3 is no git tree"));
}

}  // namespace
}  // namespace luolab
