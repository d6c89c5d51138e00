// SPDX-License-Identifier: Apache-2.0
#include "worker/kernel/build_cache.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace luolab {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

namespace fs = std::filesystem;

class BuildCache : public testing::Test {
 protected:
  void SetUp() override { cache_.create(); }
  void add(const std::string& digest, std::chrono::hours age) {
    const fs::path folder = cache_.build(digest);
    fs::create_directories(folder);
    BuildRecord record;
    record.digest = digest;
    record.patches = {"p"};
    write_record(folder, record);
    fs::last_write_time(folder / "build.json", fs::file_time_type::clock::now() - age);
  }
  std::vector<std::string> kept() const {
    std::vector<std::string> digests;
    for (const CachedBuild& build : list_builds(cache_)) digests.push_back(build.record.digest);
    return digests;
  }
  TempDir dir_{fs::temp_directory_path()};
  CacheFolder cache_{dir_.path() / "cache"};
};

using std::chrono::hours;

TEST_F(BuildCache, ListsTheLastUsedFirst) {
  add("old", hours{9});
  add("new", hours{1});
  EXPECT_THAT(kept(), ElementsAre("new", "old"));
}

TEST_F(BuildCache, LookingABuildUpCountsAsUse) {
  add("old", hours{9});
  add("new", hours{1});
  const auto build = find_build(cache_, "old");
  ASSERT_TRUE(build.has_value());
  EXPECT_EQ(build->record.patches, std::vector<std::string>{"p"});
  EXPECT_THAT(kept(), ElementsAre("old", "new"));
}

TEST_F(BuildCache, AHalfFolderIsNoBuild) {
  fs::create_directories(cache_.build("half"));
  write_file_atomically(cache_.build("half") / "build.json", "{\"digest\":");
  EXPECT_FALSE(find_build(cache_, "half").has_value());
  EXPECT_FALSE(find_build(cache_, "none").has_value());
  EXPECT_THAT(kept(), IsEmpty());
}

TEST_F(BuildCache, KeepsAsManyAsAskedFor) {
  for (int age = 1; age <= 4; ++age) add("b" + std::to_string(age), hours{age});
  EXPECT_THAT(collect_garbage(cache_, {2, std::nullopt}), ElementsAre("b3", "b4"));
  EXPECT_THAT(kept(), ElementsAre("b1", "b2"));
  EXPECT_TRUE(fs::is_empty(cache_.work()));
}

TEST_F(BuildCache, RemovesWhatWasNotUsedForLong) {
  add("fresh", hours{1});
  add("stale", hours{50});
  EXPECT_THAT(collect_garbage(cache_, {std::nullopt, hours{48}}), ElementsAre("stale"));
}

TEST_F(BuildCache, BothLimitsMustAgree) {
  add("a", hours{50});
  add("b", hours{60});
  EXPECT_THAT(collect_garbage(cache_, {1, hours{48}}), ElementsAre("b"));
  EXPECT_THAT(collect_garbage(cache_, {0, hours{100}}), IsEmpty());
}

TEST_F(BuildCache, WithoutALimitNothingIsRemoved) {
  add("a", hours{50});
  EXPECT_THAT(collect_garbage(cache_, {}), IsEmpty());
}

TEST_F(BuildCache, ABuildInUseStays) {
  add("busy", hours{50});
  const FileLock lock = FileLock::wait(cache_.lock("busy"));
  EXPECT_THAT(collect_garbage(cache_, {0, std::nullopt}), IsEmpty());
  EXPECT_THAT(kept(), ElementsAre("busy"));
}

}  // namespace
}  // namespace luolab
