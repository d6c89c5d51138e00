// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "core/base/file.h"
#include "db/sqlite.h"
#include "db/statement_cache.h"

namespace luolab {
namespace {

class TransactionTest : public testing::Test {
 protected:
  TransactionTest() { database_.execute("CREATE TABLE t (i INTEGER UNIQUE)"); }
  void insert(int value) { database_.prepare("INSERT INTO t VALUES (?1)").run(value); }
  std::int64_t rows() const {
    Statement row = database_.prepare("SELECT count(*) FROM t");
    row.step();
    return row.integer(0);
  }
  TempDir folder_{std::filesystem::temp_directory_path()};
  Database database_{folder_.path() / "db"};
};

TEST_F(TransactionTest, AnInnerOneThatFailsTakesOnlyItselfBack) {
  Transaction outer(database_);
  insert(1);
  {
    Transaction inner(database_);
    insert(2);
  }
  insert(3);
  outer.commit();
  EXPECT_EQ(rows(), 2);
}

TEST_F(TransactionTest, AnInnerOneIsKeptOnlyWithTheOuterOne) {
  {
    Transaction outer(database_);
    Transaction inner(database_);
    insert(1);
    inner.commit();
  }
  EXPECT_EQ(rows(), 0);
}

TEST_F(TransactionTest, NestsSeveralTimes) {
  Transaction first(database_);
  insert(1);
  {
    Transaction second(database_);
    insert(2);
    {
      Transaction third(database_);
      insert(3);
      third.commit();
    }
  }
  first.commit();
  EXPECT_EQ(rows(), 1);
  EXPECT_FALSE(database_.in_transaction());
}

TEST_F(TransactionTest, ASnapshotWithinATransactionLeavesItOpen) {
  Transaction outer(database_);
  insert(1);
  { const Snapshot snapshot(database_); }
  EXPECT_TRUE(database_.in_transaction());
  outer.commit();
  EXPECT_EQ(rows(), 1);
}

TEST_F(TransactionTest, AStatementThatIsUsedTwiceAtOnceIsTwoStatements) {
  insert(1);
  insert(2);
  Statement outer = database_.prepare("SELECT i FROM t ORDER BY i");
  int pairs = 0;
  while (outer.step()) {
    Statement inner = database_.prepare("SELECT i FROM t ORDER BY i");
    while (inner.step()) ++pairs;
  }
  EXPECT_EQ(pairs, 4);
}

TEST_F(TransactionTest, AStatementComesBackWithoutItsValues) {
  { database_.prepare("INSERT INTO t VALUES (?1)").run(7); }
  { database_.prepare("INSERT INTO t VALUES (?1)").run(); }
  Statement row = database_.prepare("SELECT i FROM t WHERE i IS NULL");
  EXPECT_TRUE(row.step()) << "the second row got the first one's value";
}

TEST_F(TransactionTest, AStatementThatFailedCanBeUsedAgain) {
  insert(1);
  EXPECT_THROW(insert(1), SqliteError);
  insert(2);
  EXPECT_EQ(rows(), 2);
}

TEST_F(TransactionTest, ASchemaThatChangedIsNoTroubleForAKeptStatement) {
  insert(1);
  database_.execute("ALTER TABLE t ADD COLUMN j INTEGER DEFAULT 5");
  EXPECT_THROW(insert(1), SqliteError);
  EXPECT_EQ(rows(), 1);
}

TEST_F(TransactionTest, AConnectionThatOnlyReadsRefusesToWrite) {
  Database reader(folder_.path() / "db", {.only_read = true});
  try {
    reader.execute("INSERT INTO t VALUES (1)");
    FAIL() << "it wrote";
  } catch (const SqliteError& error) {
    EXPECT_EQ(error.fault(), SqliteFault::read_only);
  }
}

TEST_F(TransactionTest, PatienceEndsWithBusy) {
  Database other(folder_.path() / "db", {.patience = std::chrono::milliseconds{1}});
  const Transaction held(database_);
  try {
    const Transaction refused(other);
    FAIL() << "two writers at once";
  } catch (const SqliteError& error) {
    EXPECT_EQ(error.fault(), SqliteFault::busy);
  }
}

}  // namespace
}  // namespace luolab
