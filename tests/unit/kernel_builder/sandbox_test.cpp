// SPDX-License-Identifier: Apache-2.0
#include "worker/kernel/sandbox.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace luolab {
namespace {

using testing::Contains;
using testing::Not;

ProcessSpec command() {
  SandboxSpec spec;
  spec.mounts = {{"/cache/base", "/src"}, {"/cache/obj", "/obj", true}};
  spec.environment = {"CFLAGS=-DX=1"};
  spec.command = {"make", "bzImage"};
  return sandboxed(spec);
}

bool has_in_order(const std::vector<std::string>& words, const std::vector<std::string>& part) {
  return std::search(words.begin(), words.end(), part.begin(), part.end()) != words.end();
}

TEST(Sandbox, HasNamespacesOfItsOwnAndDiesWithItsOwner) {
  EXPECT_EQ(command().program, "bwrap");
  EXPECT_THAT(command().arguments, Contains("--unshare-all"));
  EXPECT_THAT(command().arguments, Contains("--die-with-parent"));
  EXPECT_THAT(command().arguments, Contains("--clearenv"));
}

TEST(Sandbox, BindsReadOnlyUnlessAskedOtherwise) {
  EXPECT_TRUE(has_in_order(command().arguments, {"--ro-bind", "/cache/base", "/src"}));
  EXPECT_TRUE(has_in_order(command().arguments, {"--bind", "/cache/obj", "/obj"}));
}

TEST(Sandbox, DoesNotShowTheRestOfTheMachine) {
  EXPECT_FALSE(has_in_order(command().arguments, {"--ro-bind", "/", "/"}));
  EXPECT_THAT(command().arguments, Not(Contains("/home")));
  EXPECT_THAT(command().arguments, Not(Contains("/root")));
}

TEST(Sandbox, SplitsAVariableAtItsFirstEqualsSign) {
  EXPECT_TRUE(has_in_order(command().arguments, {"--setenv", "CFLAGS", "-DX=1"}));
}

TEST(Sandbox, PutsLimitsBeforeTheCommand) {
  const auto arguments = command().arguments;
  const auto limit = std::find(arguments.begin(), arguments.end(), "prlimit");
  ASSERT_NE(limit, arguments.end());
  EXPECT_LT(limit, std::find(arguments.begin(), arguments.end(), "make"));
  EXPECT_EQ(arguments.back(), "bzImage");
}

}  // namespace
}  // namespace luolab
