// SPDX-License-Identifier: Apache-2.0
#include "worker/kernel/cache_folder.h"

#include <gtest/gtest.h>

namespace luolab {
namespace {

namespace fs = std::filesystem;

class Cache : public testing::Test {
 protected:
  void SetUp() override { cache_.create(); }
  TempDir dir_{fs::temp_directory_path()};
  CacheFolder cache_{dir_.path() / "cache"};
};

TEST_F(Cache, AWorkAreaLeavesNothing) {
  {
    const WorkArea area(cache_);
    write_file_atomically(area.path() / "x", "y");
    EXPECT_FALSE(fs::is_empty(cache_.work()));
  }
  EXPECT_TRUE(fs::is_empty(cache_.work()));
}

TEST_F(Cache, TheWorkAreaOfALivingOwnerStays) {
  const WorkArea area(cache_);
  EXPECT_EQ(collect_abandoned(cache_), 0);
  EXPECT_TRUE(fs::exists(area.path()));
}

TEST_F(Cache, TheWorkAreaOfADeadOwnerIsCollected) {
  fs::create_directories(cache_.work() / "dead/deep");
  write_file_atomically(cache_.work() / "dead.lock", "");
  EXPECT_EQ(collect_abandoned(cache_), 1);
  EXPECT_TRUE(fs::is_empty(cache_.work()));
}

TEST_F(Cache, PublishingOverAFinishedOneKeepsThatOne) {
  fs::create_directories(cache_.work() / "new");
  fs::create_directories(cache_.builds() / "key");
  write_file_atomically(cache_.builds() / "key/old", "");
  publish(cache_.work() / "new", cache_.builds() / "key");
  EXPECT_TRUE(fs::exists(cache_.builds() / "key/old"));
}

}  // namespace
}  // namespace luolab
