// SPDX-License-Identifier: Apache-2.0
#include "kernel-patches/patch_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace luolab {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kPatch =
    "diff --git a/mm/x.c b/mm/x.c\n--- a/mm/x.c\t2026-01-01\n+++ b/mm/x.c\n@@ -1,2 +1,2 @@\n "
    "a\n-b\n+c\n";

TEST(PatchText, FindsADiffInAPatch) {
  EXPECT_TRUE(has_diff(kPatch));
  EXPECT_FALSE(patch_trouble(kPatch).has_value());
}

TEST(PatchText, TakesARenameWithoutHunks) {
  EXPECT_TRUE(has_diff("diff --git a/a b/b\nsimilarity index 100%\nrename from a\nrename to b\n"));
}

TEST(PatchText, SaysWhatIsWrongWithWhatIsNoPatch) {
  EXPECT_THAT(*patch_trouble("only words\n"), HasSubstr("no diff"));
  EXPECT_THAT(*patch_trouble(std::string_view("@@ -1 +1 @@\n\0", 13)), HasSubstr("NUL"));
  EXPECT_THAT(*patch_trouble("diff --git a/x b/x\nnew file mode 100644\nGIT binary patch\n"),
              HasSubstr("binary"));
  EXPECT_THAT(*patch_trouble("*** a/x\n--- b/x\n***************\n*** 1 ****\n"),
              HasSubstr("context diff"));
}

TEST(PatchText, ListsTheFilesOfAPatchOnce) {
  EXPECT_THAT(files_of_patch(kPatch), ElementsAre("mm/x.c"));
}

TEST(PatchText, ListsBothSidesOfARename) {
  EXPECT_THAT(files_of_patch("diff --git a/old/a.c b/new/b.c\nsimilarity index 90%\nrename from "
                             "old/a.c\nrename to new/b.c\n"),
              ElementsAre("new/b.c", "old/a.c"));
}

TEST(PatchText, LeavesDevNullOut) {
  EXPECT_THAT(files_of_patch("--- /dev/null\n+++ b/mm/new.c\n@@ -0,0 +1 @@\n+x\n"),
              ElementsAre("mm/new.c"));
}

TEST(PatchText, DoesNotTakeTheContentOfAHunkForHeaders) {
  EXPECT_THAT(
      files_of_patch(
          "--- a/x/y\n+++ b/x/y\n@@ -1,2 +1,2 @@\n--- a/evil/old\n+++ b/evil/new\n context\n"),
      ElementsAre("x/y"));
}

TEST(PatchText, NamesWithoutAFolderToStripAreNoFiles) {
  EXPECT_THAT(files_of_patch("--- x.c\n+++ x.c\n@@ -1 +1 @@\n-a\n+b\n"), IsEmpty());
}

TEST(PatchText, ReadsTheBaseCommit) {
  EXPECT_EQ(base_commit_of("-- \n2.39\n\nbase-commit: 0123abc\n"), "0123abc");
  EXPECT_FALSE(base_commit_of(kPatch).has_value());
}

}  // namespace
}  // namespace luolab
