// SPDX-License-Identifier: Apache-2.0
#include "db/artifact_store.h"

#include <sys/stat.h>

#include <fstream>
#include <iterator>
#include <system_error>

#include <gtest/gtest.h>

#include "core/base/file.h"
#include "core/base/sha256.h"

namespace luolab {
namespace {

namespace fs = std::filesystem;

class ArtifactStoreTest : public testing::Test {
 protected:
  std::size_t files() const {
    std::size_t count = 0;
    for (const auto& entry : fs::recursive_directory_iterator(artifact_folder(folder_.path()))) {
      count += entry.is_regular_file();
    }
    return count;
  }
  std::ptrdiff_t folders() const {
    return std::distance(fs::directory_iterator(artifact_folder(folder_.path())),
                         fs::directory_iterator());
  }
  TempDir folder_{fs::temp_directory_path()};
  ArtifactStore artifacts_{artifact_folder(folder_.path())};
  fs::path file_ = folder_.path() / "console.log";
};

TEST_F(ArtifactStoreTest, KeepsBytesUnderTheirDigest) {
  const Artifact artifact = artifacts_.put_bytes("console text", "console.log");
  EXPECT_EQ(artifact.name, "console.log");
  EXPECT_EQ(artifact.sha256, sha256_of("console text"));
  EXPECT_EQ(artifact.size_bytes, 12U);
  EXPECT_EQ(artifacts_.read(artifact.sha256).value(), "console text");
  EXPECT_EQ(artifacts_.path(artifact.sha256).parent_path().filename(),
            artifact.sha256.substr(0, 2));
}

TEST_F(ArtifactStoreTest, CopiesAFileAndLeavesItThere) {
  write_file_atomically(file_, std::string("a\0b", 3));
  const Artifact artifact = artifacts_.put_file(file_, "console.log");
  EXPECT_EQ(artifacts_.read(artifact.sha256).value(), std::string("a\0b", 3));
  EXPECT_TRUE(fs::exists(file_));
}

TEST_F(ArtifactStoreTest, KeepsTheSameContentOnceAndNoLeftovers) {
  write_file_atomically(file_, "same");
  EXPECT_EQ(artifacts_.put_file(file_, "a").sha256, artifacts_.put_bytes("same", "b").sha256);
  EXPECT_EQ(files(), 1U);
  EXPECT_EQ(folders(), 1);
}

TEST_F(ArtifactStoreTest, KeepsAnEmptyFile) {
  EXPECT_EQ(artifacts_.read(artifacts_.put_bytes("", "empty").sha256).value(), "");
}

TEST_F(ArtifactStoreTest, LeavesNothingBehindWhereTheFileCannotBeRead) {
  EXPECT_THROW(artifacts_.put_file(file_, "missing"), std::system_error);
  ASSERT_EQ(::mkfifo(file_.c_str(), 0600), 0);
  EXPECT_THROW(artifacts_.put_file(file_, "fifo"), std::system_error);
  EXPECT_EQ(folders(), 0);
}

TEST_F(ArtifactStoreTest, NoticesADamagedFile) {
  const Artifact artifact = artifacts_.put_bytes("content", "x");
  fs::permissions(artifacts_.path(artifact.sha256), fs::perms::owner_all);
  std::ofstream(artifacts_.path(artifact.sha256)) << "c0ntent";
  const auto read = artifacts_.read(artifact.sha256);
  ASSERT_FALSE(read);
  EXPECT_NE(read.error().what.find("damaged"), std::string::npos);
}

TEST_F(ArtifactStoreTest, ReplacesAFileThatWasCutOff) {
  const Artifact artifact = artifacts_.put_bytes("content", "x");
  fs::permissions(artifacts_.path(artifact.sha256), fs::perms::owner_all);
  fs::resize_file(artifacts_.path(artifact.sha256), 3);
  artifacts_.put_bytes("content", "x");
  EXPECT_EQ(artifacts_.read(artifact.sha256).value(), "content");
}

TEST_F(ArtifactStoreTest, ReadsNothingOutsideItsFolder) {
  EXPECT_FALSE(artifacts_.read("../../console.log"));
  EXPECT_FALSE(artifacts_.read(""));
  EXPECT_FALSE(artifacts_.read(std::string(64, 'a')));
}

}  // namespace
}  // namespace luolab
