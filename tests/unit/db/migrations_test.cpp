// SPDX-License-Identifier: Apache-2.0
#include "db/migrations.h"

#include <array>

#include <gtest/gtest.h>

#include "core/base/file.h"

namespace luolab {
namespace {

constexpr std::array<Migration, 2> kTwo{
    {{1, "one", "CREATE TABLE a (i INTEGER); CREATE TABLE b (i INTEGER)"},
     {2, "two", "ALTER TABLE a ADD COLUMN j INTEGER"}}};
constexpr std::array<Migration, 2> kBroken{{kTwo[0], {2, "two", "CREATE TABLE c (i); NONSENSE"}}};

class Migrations : public testing::Test {
 protected:
  bool has_table(std::string_view name) {
    Statement row = database_.prepare("SELECT 1 FROM sqlite_master WHERE name = ?1");
    row.start(name);
    return row.step();
  }
  TempDir folder_{std::filesystem::temp_directory_path()};
  Database database_{folder_.path() / "db"};
};

TEST_F(Migrations, AreNumberedFromOneWithoutGaps) {
  int expected = 0;
  for (const Migration& migration : known_migrations()) EXPECT_EQ(migration.number, ++expected);
  EXPECT_GE(expected, 1);
}

TEST_F(Migrations, BringAnEmptyFileUpToDate) {
  migrate(database_, kTwo);
  EXPECT_EQ(database_.pragma("user_version"), 2);
  EXPECT_EQ(database_.pragma("application_id"), kApplicationId);
  EXPECT_NO_THROW(database_.execute("INSERT INTO a (i, j) VALUES (1, 2)"));
}

TEST_F(Migrations, AddOnlyWhatIsMissing) {
  migrate(database_, std::span(kTwo).first(1));
  database_.execute("INSERT INTO a VALUES (7)");
  migrate(database_, kTwo);
  migrate(database_, kTwo);
  Statement row = database_.prepare("SELECT i, j FROM a");
  ASSERT_TRUE(row.step());
  EXPECT_EQ(row.integer(0), 7);
  EXPECT_TRUE(row.is_null(1));
}

TEST_F(Migrations, AreAllKeptOrNone) {
  EXPECT_THROW(migrate(database_, kBroken), SqliteError);
  EXPECT_EQ(database_.pragma("user_version"), 0);
  EXPECT_FALSE(has_table("a"));
  EXPECT_FALSE(has_table("c"));
}

TEST_F(Migrations, RefuseAStoreOfANewerProgram) {
  migrate(database_, kTwo);
  const auto refused = check_ownership(database_, std::span(kTwo).first(1));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().fault, Fault::lab);
  EXPECT_NE(refused.error().what.find("newer luolab"), std::string::npos);
  EXPECT_TRUE(check_ownership(database_, kTwo));
}

TEST_F(Migrations, RefuseTheFileOfAnotherProgram) {
  EXPECT_TRUE(check_ownership(database_, kTwo));
  database_.execute("CREATE TABLE bookmarks (i INTEGER)");
  EXPECT_FALSE(check_ownership(database_, kTwo));
  database_.execute("DROP TABLE bookmarks; PRAGMA application_id = 252006673");
  EXPECT_FALSE(check_ownership(database_, kTwo));
}

}  // namespace
}  // namespace luolab
