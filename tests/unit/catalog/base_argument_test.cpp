// SPDX-License-Identifier: Apache-2.0
#include "kernel-patches/base_argument.h"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace luolab {
namespace {

using testing::HasSubstr;

TEST(BaseArgument, LeavesNamesAlone) {
  EXPECT_FALSE(base_from_argument("linux-7.3").has_value());
  EXPECT_FALSE(base_from_argument("weird:thing").has_value());
}

TEST(BaseArgument, TakesAFolder) {
  const auto base = base_from_argument("dir:/home/me/linux");
  ASSERT_TRUE(base && *base);
  EXPECT_EQ((*base)->kind, BaseKind::dir);
  EXPECT_EQ((*base)->location, "/home/me/linux");
  EXPECT_EQ((*base)->name, "dir:/home/me/linux");
}

TEST(BaseArgument, MakesAPathAbsolute) {
  const auto base = base_from_argument("prebuilt:build/bzImage");
  ASSERT_TRUE(base && *base);
  EXPECT_EQ((*base)->location, (std::filesystem::current_path() / "build/bzImage").string());
  EXPECT_EQ((*base)->name, "prebuilt:" + (*base)->location) << "a reproducer works from any folder";
}

TEST(BaseArgument, SplitsGitAtTheLastAt) {
  const auto base = base_from_argument("git:https://me@example.org/linux.git@v7.3");
  ASSERT_TRUE(base && *base);
  EXPECT_EQ((*base)->location, "https://me@example.org/linux.git");
  EXPECT_EQ((*base)->ref, "v7.3");
}

TEST(BaseArgument, RefusesGitWithoutARef) {
  for (const char* argument : {"git:/x", "git:/x@", "git:@v7", "git:"}) {
    const auto base = base_from_argument(argument);
    ASSERT_TRUE(base.has_value()) << argument;
    ASSERT_FALSE(base->has_value()) << argument;
    EXPECT_THAT(base->error().what, HasSubstr("git:PATH@REF"));
  }
}

TEST(BaseArgument, WantsADigestForATarball) {
  const auto bare = base_from_argument("tarball:/x.tar.xz");
  ASSERT_TRUE(bare && !*bare);
  EXPECT_THAT(bare->error().what, HasSubstr("#sha256=HEX"));
  const auto shortened = base_from_argument("tarball:/x.tar.xz#sha256=12");
  ASSERT_TRUE(shortened && !*shortened);
  EXPECT_THAT(shortened->error().what, HasSubstr("64 lower-case hexadecimal digits"));
  const auto whole = base_from_argument("tarball:/x#1.tar.xz#sha256=" + std::string(64, '0'));
  ASSERT_TRUE(whole && *whole);
  EXPECT_EQ((*whole)->location, "/x#1.tar.xz");
}

TEST(BaseArgument, RefusesAnEmptyPath) {
  const auto base = base_from_argument("dir:");
  ASSERT_TRUE(base && !*base);
  EXPECT_EQ(base->error().fault, Fault::scenario);
}

}  // namespace
}  // namespace luolab
