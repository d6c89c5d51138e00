// SPDX-License-Identifier: Apache-2.0
#include "worker/kernel/patched_tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/file.h"

namespace luolab {
namespace {

using testing::Contains;
using testing::ElementsAre;

namespace fs = std::filesystem;

class PatchedTreeTest : public testing::Test {
 protected:
  void SetUp() override {
    for (const char* file : {"Makefile", "mm/x.c", "mm/kasan/k.c", "mm/damon/d.c", "kernel/k.c"}) {
      fs::create_directories((base() / file).parent_path());
      write_file_atomically(base() / file, "text\n");
    }
    fs::create_directory_symlink("mm", base() / "link");
  }
  fs::path base() const { return dir_.path() / "base"; }
  PatchedTree tree(const std::string& name) const { return {base(), dir_.path() / name}; }
  static std::vector<std::string> places(const PatchedTree& tree) {
    std::vector<std::string> places;
    for (const Mount& mount : tree.mounts("/src")) places.push_back(mount.to);
    return places;
  }

  TempDir dir_{fs::temp_directory_path()};
};

TEST_F(PatchedTreeTest, WithoutPatchesItIsTheBase) {
  EXPECT_THAT(places(tree("t")), ElementsAre("/src"));
}

TEST_F(PatchedTreeTest, OnlyTouchedFoldersAreReal) {
  PatchedTree one = tree("t");
  ASSERT_TRUE(one.open({"mm/x.c"}));
  EXPECT_TRUE(fs::exists(one.real() / "mm/x.c"));
  EXPECT_FALSE(fs::exists(one.real() / "kernel"));
  EXPECT_TRUE(fs::is_empty(one.real() / "mm/kasan"));
  EXPECT_THAT(places(one),
              testing::UnorderedElementsAre("/src", "/src/mm", "/src/mm/kasan", "/src/mm/damon"));
}

TEST_F(PatchedTreeTest, ATouchedFolderInATouchedFolderIsMountedAfterIt) {
  PatchedTree one = tree("t");
  ASSERT_TRUE(one.open({"mm/kasan/k.c", "mm/x.c"}));
  const auto mounts = one.mounts("/src");
  const auto at = [&](const std::string& place) {
    return std::find_if(mounts.begin(), mounts.end(),
                        [&](const Mount& mount) { return mount.to == place; });
  };
  ASSERT_NE(at("/src/mm/kasan"), mounts.end());
  EXPECT_LT(at("/src/mm"), at("/src/mm/kasan"));
  EXPECT_EQ(at("/src/mm/kasan")->from, one.real() / "mm/kasan");
}

TEST_F(PatchedTreeTest, ANewFolderMakesItsParentReal) {
  PatchedTree one = tree("t");
  ASSERT_TRUE(one.open({"mm/new/deep/n.c"}));
  EXPECT_THAT(places(one), Contains("/src/mm"));
  EXPECT_FALSE(fs::exists(one.real() / "mm/new"));
}

TEST_F(PatchedTreeTest, AFileOfTheRootMakesTheRootReal) {
  PatchedTree one = tree("t");
  ASSERT_TRUE(one.open({"Makefile"}));
  EXPECT_TRUE(fs::exists(one.real() / "Makefile"));
  EXPECT_THAT(places(one), testing::UnorderedElementsAre("/src", "/src", "/src/mm", "/src/kernel"));
}

TEST_F(PatchedTreeTest, RefusesToLeaveTheTree) {
  for (const char* file : {"../secret", "mm/../../secret", "/etc/passwd", ""}) {
    PatchedTree one = tree("t");
    EXPECT_FALSE(one.open({file})) << file;
  }
}

TEST_F(PatchedTreeTest, DoesNotFollowALinkToAFolder) {
  PatchedTree one = tree("t");
  ASSERT_TRUE(one.open({"link/x.c"}));
  EXPECT_FALSE(fs::exists(one.real() / "mm/x.c"));
  EXPECT_TRUE(fs::is_symlink(one.real() / "link"));
}

TEST_F(PatchedTreeTest, ReplacingAFileLeavesTheBaseAsItIs) {
  PatchedTree one = tree("t");
  ASSERT_TRUE(one.open({"mm/x.c"}));
  write_file_atomically(one.real() / "mm/x.c", "patched\n");
  EXPECT_EQ(*read_file(base() / "mm/x.c"), "text\n");
}

TEST_F(PatchedTreeTest, GrowsOutOfAnotherOne) {
  PatchedTree one = tree("one");
  ASSERT_TRUE(one.open({"mm/x.c"}));
  write_file_atomically(one.real() / "mm/x.c", "patched\n");
  PatchedTree two = tree("two");
  two.copy_from(dir_.path() / "one");
  ASSERT_TRUE(two.open({"mm/x.c", "kernel/k.c"}));
  EXPECT_EQ(*read_file(two.real() / "mm/x.c"), "patched\n");
  EXPECT_THAT(places(two), Contains("/src/kernel"));
  EXPECT_FALSE(fs::exists(one.real() / "kernel"));
}

}  // namespace
}  // namespace luolab
