// SPDX-License-Identifier: Apache-2.0
#include "kernel-patches/catalog.h"

#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/file.h"
#include "core/base/sha256.h"

namespace luolab {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

namespace fs = std::filesystem;

BaseSpec base_named(const std::string& name) {
  BaseSpec base;
  base.name = name;
  base.kind = BaseKind::dir;
  base.location = "/shipped";
  return base;
}

Catalog small_catalog() {
  return Catalog({base_named("linux-7.3"), base_named("linux-7.2")},
                 {{"phase-stamps", {{"one", "text"}}}}, {{"liveupdate", "CONFIG_A=y\n"}});
}

/// A data folder, and XDG_CONFIG_HOME set to a folder beside it.
class CatalogFolder : public testing::Test {
 protected:
  void SetUp() override {
    fs::create_directories(data() / "kernel-patches/bases");
    fs::create_directories(dir_.path() / "config/luolab/bases");
    if (const char* before = std::getenv("XDG_CONFIG_HOME")) before_ = before;
    ::setenv("XDG_CONFIG_HOME", (dir_.path() / "config").c_str(), 1);
  }
  void TearDown() override {
    if (before_)
      ::setenv("XDG_CONFIG_HOME", before_->c_str(), 1);
    else
      ::unsetenv("XDG_CONFIG_HOME");
  }
  fs::path data() const { return dir_.path() / "data"; }
  void write_base(const fs::path& file, const std::string& name, const std::string& location) {
    write_file_atomically(file, "name: " + name + "\nkind: dir\nlocation: " + location + "\n");
  }
  fs::path user_base(const std::string& name) const {
    return dir_.path() / "config/luolab/bases" / (name + ".yaml");
  }

  TempDir dir_{fs::temp_directory_path()};
  std::optional<std::string> before_;
};

TEST(Catalog, ListsNamesInOrder) {
  EXPECT_THAT(small_catalog().base_names(), ElementsAre("linux-7.2", "linux-7.3"));
  EXPECT_THAT(small_catalog().series_names(), ElementsAre("phase-stamps"));
  EXPECT_THAT(small_catalog().fragment_names(), ElementsAre("liveupdate"));
}

TEST(Catalog, NamesTheNearestBaseForAnUnknownOne) {
  const auto base = small_catalog().base("linux-7.4x");
  ASSERT_FALSE(base.has_value());
  EXPECT_EQ(base.error().fault, Fault::scenario);
  EXPECT_THAT(base.error().what,
              AllOf(HasSubstr("\"linux-7.4x\""), HasSubstr("did you mean \"linux-7.")));
}

TEST(Catalog, ListsWhatIsKnownWhereNothingIsNear) {
  const auto fragment = small_catalog().fragment("zzzzzzzz");
  ASSERT_FALSE(fragment.has_value());
  EXPECT_THAT(fragment.error().what, HasSubstr("known: liveupdate"));
  const auto series = small_catalog().series("zzzzzzzz");
  ASSERT_FALSE(series.has_value());
  EXPECT_THAT(series.error().what, HasSubstr("known: phase-stamps; --series also takes a path"));
}

TEST(Catalog, TakesABaseThatIsWrittenOut) {
  const auto base = small_catalog().base("dir:/home/me/linux");
  ASSERT_TRUE(base.has_value());
  EXPECT_EQ(base->location, "/home/me/linux");
}

TEST(Catalog, GivesTheDigestsOfItsPatches) {
  EXPECT_THAT(small_catalog().patch_digests(), ElementsAre(sha256_of("text")));
}

TEST_F(CatalogFolder, AUsersBaseWinsOverAShippedOne) {
  write_base(data() / "kernel-patches/bases/a.yaml", "linux-a", "/shipped");
  write_base(user_base("a"), "linux-a", "/mine");
  write_base(user_base("b"), "linux-b", "/mine-too");
  const auto catalog = Catalog::load(data());
  ASSERT_TRUE(catalog.has_value()) << catalog.error().what;
  EXPECT_EQ(catalog->base("linux-a")->location, "/mine");
  EXPECT_EQ(catalog->base("linux-b")->location, "/mine-too");
}

TEST_F(CatalogFolder, ABrokenUserBaseIsNamed) {
  write_file_atomically(user_base("bad"), "name: x\n");
  const auto catalog = Catalog::load(data());
  ASSERT_FALSE(catalog.has_value());
  EXPECT_THAT(catalog.error().what,
              AllOf(HasSubstr("bad.yaml:1:1"), HasSubstr("kind: is missing")));
}

TEST_F(CatalogFolder, OtherFilesAreNoBases) {
  write_file_atomically(data() / "kernel-patches/bases/README", "words");
  const auto catalog = Catalog::load(data());
  ASSERT_TRUE(catalog.has_value());
  EXPECT_TRUE(catalog->base_names().empty());
}

TEST(Catalog, SaysWhatToSetWhereThereIsNoData) {
  const auto catalog = Catalog::load("/nonexistent");
  ASSERT_FALSE(catalog.has_value());
  EXPECT_EQ(catalog.error().fault, Fault::lab);
  EXPECT_THAT(catalog.error().what, HasSubstr("LUOLAB_DATA"));
}

}  // namespace
}  // namespace luolab
