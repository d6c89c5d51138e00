// SPDX-License-Identifier: Apache-2.0
#include "worker/kernel/tree_digest.h"

#include <gtest/gtest.h>

#include "core/base/file.h"
#include "worker/kernel/dir_source.h"

namespace luolab {
namespace {

namespace fs = std::filesystem;

class Tree : public testing::Test {
 protected:
  void SetUp() override {
    write("Makefile", "all:\n");
    write("mm/x.c", "int x;\n");
    fs::create_symlink("x.c", root() / "mm/link");
  }
  void write(const std::string& name, const std::string& text) {
    fs::create_directories((root() / name).parent_path());
    write_file_atomically(root() / name, text);
  }
  fs::path root() const { return dir_.path() / "tree"; }

  TempDir dir_{fs::temp_directory_path()};
  CacheFolder cache_{dir_.path() / "cache"};
};

TEST_F(Tree, TheDigestDoesNotDependOnDatesOrPlace) {
  const std::string before = digest_of_tree(root());
  fs::last_write_time(root() / "mm/x.c", fs::file_time_type::clock::now() + std::chrono::hours{5});
  fs::copy(root(), dir_.path() / "copy",
           fs::copy_options::recursive | fs::copy_options::copy_symlinks);
  EXPECT_EQ(digest_of_tree(root()), before);
  EXPECT_EQ(digest_of_tree(dir_.path() / "copy"), before);
}

TEST_F(Tree, TheDigestChangesWithContentNameModeAndLink) {
  const std::string before = digest_of_tree(root());
  fs::permissions(root() / "mm/x.c", fs::perms::owner_exec, fs::perm_options::add);
  const std::string executable = digest_of_tree(root());
  EXPECT_NE(executable, before);
  fs::rename(root() / "mm/x.c", root() / "mm/y.c");
  const std::string renamed = digest_of_tree(root());
  EXPECT_NE(renamed, executable);
  fs::remove(root() / "mm/link");
  fs::create_symlink("y.c", root() / "mm/link");
  const std::string relinked = digest_of_tree(root());
  EXPECT_NE(relinked, renamed);
  write("mm/y.c", "int y;\n");
  EXPECT_NE(digest_of_tree(root()), relinked);
}

TEST_F(Tree, ADirHasTheDigestOfItsTree) {
  const auto state = read_dir_state(cache_, root());
  ASSERT_TRUE(state.has_value()) << state.error().what;
  EXPECT_EQ(state->digest, digest_of_tree(root()));
  EXPECT_EQ(state->files.size(), 3U);
}

TEST_F(Tree, TheIndexOfADirSeesAChange) {
  const std::string before = read_dir_state(cache_, root())->digest;
  write("mm/x.c", "int z;\n");
  EXPECT_NE(read_dir_state(cache_, root())->digest, before);
  write("mm/x.c", "int x;\n");
  EXPECT_EQ(read_dir_state(cache_, root())->digest, before);
}

TEST_F(Tree, FilesThatGitIgnoresAreNoSource) {
  const std::string before = read_dir_state(cache_, root())->digest;
  const std::string command = "git init -q " + root().string();
  ASSERT_EQ(std::system(command.c_str()), 0) << "apt-get install git";
  write(".git/info/exclude", "*.o\n");
  write("mm/x.o", "object");
  EXPECT_EQ(read_dir_state(cache_, root())->digest, before);
  write("mm/new.c", "int n;\n");
  EXPECT_NE(read_dir_state(cache_, root())->digest, before);
}

TEST_F(Tree, AFolderWithoutAMakefileIsNoKernel) {
  fs::remove(root() / "Makefile");
  const auto state = read_dir_state(cache_, root());
  ASSERT_FALSE(state.has_value());
  EXPECT_EQ(state.error().fault, Fault::scenario);
}

TEST_F(Tree, ACopyOfADirKeepsContentAndDates) {
  const auto state = read_dir_state(cache_, root());
  copy_dir(root(), *state, dir_.path() / "copy");
  EXPECT_EQ(digest_of_tree(dir_.path() / "copy"), state->digest);
  EXPECT_EQ(fs::last_write_time(dir_.path() / "copy/mm/x.c"),
            fs::last_write_time(root() / "mm/x.c"));
}

}  // namespace
}  // namespace luolab
