// SPDX-License-Identifier: Apache-2.0
#include "core/base/file.h"

#include <sys/stat.h>

#include <iterator>
#include <system_error>

#include <gtest/gtest.h>

namespace luolab {
namespace {

namespace fs = std::filesystem;

class Files : public testing::Test {
 protected:
  std::ptrdiff_t entries() const {
    return std::distance(fs::directory_iterator(folder_.path()), fs::directory_iterator());
  }
  TempDir folder_{fs::temp_directory_path()};
  fs::path file_ = folder_.path() / "file";
};

TEST_F(Files, KeepEveryByte) {
  const std::string bytes("a\0b\n\xff", 5);
  write_file_atomically(file_, bytes);
  EXPECT_EQ(read_file(file_).value(), bytes);
}

TEST_F(Files, AreReplacedWithoutLeavingANeighbour) {
  write_file_atomically(file_, "old");
  write_file_atomically(file_, "new");
  EXPECT_EQ(read_file(file_).value(), "new");
  EXPECT_EQ(entries(), 1);
}

TEST_F(Files, LeaveNothingBehindWhereTheyCannotBeWritten) {
  fs::create_directory(file_);
  EXPECT_THROW(write_file_atomically(file_, "x"), std::system_error);
  EXPECT_THROW(write_file_atomically(folder_.path() / "no" / "folder", "x"), std::system_error);
  EXPECT_EQ(entries(), 1);
}

TEST_F(Files, AreReadUpToTheLimitAndNotBeyond) {
  write_file_atomically(file_, "12345");
  EXPECT_EQ(read_file(file_, 5).value(), "12345");
  const auto refused = read_file(file_, 4);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().fault, Fault::scenario);
  EXPECT_NE(refused.error().what.find("limit"), std::string::npos);
}

TEST_F(Files, ThatNeverEndAreCutAtTheLimit) {
  ASSERT_EQ(::mkfifo(file_.c_str(), 0600), 0);
  EXPECT_FALSE(read_file(file_));
  EXPECT_FALSE(read_file("/dev/zero", 10));
}

TEST_F(Files, ThatAreMissingAreNamed) {
  const auto missing = read_file(file_);
  ASSERT_FALSE(missing);
  EXPECT_NE(missing.error().what.find(file_.string()), std::string::npos);
}

TEST(TempDir, RemovesAllThatIsInIt) {
  fs::path path;
  {
    const TempDir folder(fs::temp_directory_path(), "luolab-test-");
    path = folder.path();
    fs::create_directories(path / "a" / "b");
    write_file_atomically(path / "a" / "b" / "c", "x");
  }
  EXPECT_FALSE(fs::exists(path));
}

TEST(TempDir, IsRemovedOnceWhenItWasMoved) {
  TempDir first(fs::temp_directory_path());
  const fs::path path = first.path();
  {
    const TempDir second(std::move(first));
    EXPECT_TRUE(fs::exists(path));
  }
  EXPECT_FALSE(fs::exists(path));
}

TEST_F(Files, LockExcludesASecondOpeningUntilItIsGivenBack) {
  {
    const FileLock first = FileLock::wait(file_);
    EXPECT_TRUE(first.held());
    EXPECT_FALSE(FileLock::attempt(file_).held());
  }
  EXPECT_TRUE(FileLock::attempt(file_).held());
  EXPECT_TRUE(fs::exists(file_));
}

TEST_F(Files, LockThrowsWhereTheFolderIsMissing) {
  EXPECT_THROW(FileLock::wait(folder_.path() / "no" / "lock"), std::system_error);
  EXPECT_THROW(FileLock::attempt(folder_.path() / "no" / "lock"), std::system_error);
}

}  // namespace
}  // namespace luolab
