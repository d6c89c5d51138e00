// SPDX-License-Identifier: Apache-2.0
#include "db/sqlite.h"

#include <fstream>
#include <limits>

#include <gtest/gtest.h>

#include "core/base/file.h"

namespace luolab {
namespace {

class Sqlite : public testing::Test {
 protected:
  SqliteFault fault_of(const std::function<void()>& action) {
    try {
      action();
    } catch (const SqliteError& error) {
      message_ = error.what();
      return error.fault();
    }
    ADD_FAILURE() << "nothing was thrown";
    return SqliteFault::other;
  }

  TempDir folder_{std::filesystem::temp_directory_path()};
  std::filesystem::path file_ = folder_.path() / "db";
  std::string message_;
};

TEST_F(Sqlite, GivesEveryKindOfValueBack) {
  Database database(file_);
  database.execute("CREATE TABLE t (i INTEGER, u INTEGER, r REAL, t TEXT, b BLOB, n TEXT) STRICT");
  const std::vector<std::uint8_t> bytes{0, 255, 7};
  database.prepare("INSERT INTO t VALUES (?1, ?2, ?3, ?4, ?5, ?6)")
      .run(-5, std::numeric_limits<std::uint64_t>::max(), 0.25, std::string("a\0b", 3), Blob(bytes),
           std::optional<std::string_view>());
  Statement row = database.prepare("SELECT * FROM t");
  ASSERT_TRUE(row.step());
  EXPECT_EQ(row.integer(0), -5);
  EXPECT_EQ(row.bits(1), std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(row.real(2), 0.25);
  EXPECT_EQ(row.text(3), std::string("a\0b", 3));
  EXPECT_EQ(row.blob(4), std::string("\0\xff\x07", 3));
  EXPECT_TRUE(row.is_null(5));
  EXPECT_FALSE(row.step());
}

TEST_F(Sqlite, RollsBackWhatWasNotCommitted) {
  Database database(file_);
  database.execute("CREATE TABLE t (i INTEGER)");
  {
    Transaction transaction(database);
    database.execute("INSERT INTO t VALUES (1)");
  }
  EXPECT_FALSE(database.prepare("SELECT * FROM t").step());
}

TEST_F(Sqlite, SaysThatTheDiskIsFullAndKeepsWhatWasThere) {
  Database database(file_);
  database.execute(
      "CREATE TABLE t (b BLOB); INSERT INTO t VALUES ('kept'); PRAGMA max_page_count = 4");
  EXPECT_EQ(fault_of([&] { database.execute("INSERT INTO t VALUES (zeroblob(1000000))"); }),
            SqliteFault::full);
  EXPECT_NE(message_.find("free some space"), std::string::npos) << message_;
  EXPECT_NE(message_.find(file_.string()), std::string::npos) << message_;
  Statement row = database.prepare("SELECT * FROM t");
  ASSERT_TRUE(row.step());
  EXPECT_EQ(row.text(0), "kept");
}

TEST_F(Sqlite, TellsAReadOnlyDatabase) {
  Database database(file_);
  database.execute("CREATE TABLE t (i INTEGER); PRAGMA query_only = ON");
  EXPECT_EQ(fault_of([&] { database.execute("INSERT INTO t VALUES (1)"); }),
            SqliteFault::read_only);
}

TEST_F(Sqlite, TellsABusyDatabase) {
  Database first(file_);
  Database second(file_);
  second.execute("PRAGMA busy_timeout = 0");
  const Transaction transaction(first);
  EXPECT_EQ(fault_of([&] { second.execute("BEGIN IMMEDIATE"); }), SqliteFault::busy);
}

TEST_F(Sqlite, TellsAFileThatIsNoDatabase) {
  std::ofstream(file_) << std::string(5000, 'x');
  EXPECT_EQ(fault_of([&] { Database(file_).pragma("user_version"); }), SqliteFault::not_a_database);
}

TEST_F(Sqlite, TellsAMissingFolder) {
  EXPECT_EQ(fault_of([&] { Database(folder_.path() / "no" / "db"); }), SqliteFault::cannot_open);
}

TEST_F(Sqlite, EnforcesForeignKeys) {
  Database database(file_);
  database.execute("CREATE TABLE p (i INTEGER PRIMARY KEY); CREATE TABLE c (p REFERENCES p (i))");
  EXPECT_EQ(fault_of([&] { database.execute("INSERT INTO c VALUES (9)"); }),
            SqliteFault::constraint);
}

TEST_F(Sqlite, ShowsASnapshotOneStateThroughout) {
  Database reader(file_);
  reader.write_ahead();
  reader.execute("CREATE TABLE t (i INTEGER)");
  Database writer(file_);
  const Snapshot snapshot(reader);
  EXPECT_FALSE(reader.prepare("SELECT * FROM t").step());
  writer.execute("INSERT INTO t VALUES (1)");
  EXPECT_FALSE(reader.prepare("SELECT * FROM t").step());
}

}  // namespace
}  // namespace luolab
