// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "db/sqlite_error.h"

struct sqlite3;
struct sqlite3_stmt;

namespace luolab {

/// Bytes for a BLOB column; borrowed.
using Blob = std::span<const std::uint8_t>;

class StatementCache;

/// One prepared statement. When it dies it is kept by its Database for the next one with the same
/// text, so preparing costs nothing in the long run. Belongs to one Database and must die before
/// it; same thread as that. Every call throws SqliteError. Values are copied when they are bound.
class Statement {
 public:
  /// Binds `values` to ?1, ?2, ... and runs to the end, for statements that give no rows.
  /// May be called again with other values.
  template <class... T>
  void run(const T&... values) {
    start(values...);
    while (step()) {
    }
    reset();
  }
  /// Binds and rewinds; then `while (step())` walks the rows.
  template <class... T>
  void start(const T&... values) {
    reset();
    int index = 0;
    (bind(++index, values), ...);
  }
  /// True: a row is there to be read. False: no more rows.
  bool step();

  // Columns of the present row, from 0. Text and blobs are copied out.
  std::int64_t integer(int column) const;
  std::uint64_t bits(int column) const { return std::bit_cast<std::uint64_t>(integer(column)); }
  std::chrono::nanoseconds duration(int column) const {
    return std::chrono::nanoseconds{integer(column)};
  }
  double real(int column) const;
  std::string text(int column) const;
  std::string blob(int column) const;
  bool is_null(int column) const;
  bool is_blob(int column) const;

 private:
  friend class Database;
  Statement(StatementCache& cache, std::string_view sql);

  void reset();
  void bind(int index, std::string_view text);
  void bind(int index, Blob blob);
  void bind(int index, double value);
  void bind(int index, std::nullptr_t);
  void bind_integer(int index, std::int64_t value);
  void bind(int index, std::integral auto value) {
    bind_integer(index, static_cast<std::int64_t>(value));
  }
  void bind(int index, std::chrono::nanoseconds value) { bind_integer(index, value.count()); }
  template <class T>
  void bind(int index, const std::optional<T>& value) {
    if (value) {
      bind(index, *value);
    } else {
      bind(index, nullptr);
    }
  }

  template <class... T>
  void bind(int index, const std::variant<T...>& value) {
    std::visit([&](const auto& alternative) { bind(index, alternative); }, value);
  }

  struct GiveBack {
    StatementCache* cache;
    void operator()(sqlite3_stmt* statement) const;
  };
  std::unique_ptr<sqlite3_stmt, GiveBack> statement_;
};

struct DatabaseOptions {
  std::chrono::milliseconds patience = std::chrono::seconds{10};  ///< with other writers
  bool only_read =
      false;  ///< the file must be there; nothing can be changed through this connection
};

/// One connection to an SQLite file: foreign keys on.
/// One thread at a time; movable; the destructor closes. Every call throws SqliteError.
class Database {
 public:
  /// Opens or creates the file; its folder must exist. Changes nothing in a file that is there.
  explicit Database(const std::filesystem::path& file, const DatabaseOptions& options = {});
  Database(Database&&) noexcept;
  Database& operator=(Database&&) noexcept;
  ~Database();

  /// From now on commits survive a power cut and readers do not wait for a writer: WAL, which the
  /// file remembers, with synchronous=FULL. Source: https://sqlite.org/wal.html.
  void write_ahead();

  /// Runs one or more statements whose rows do not matter.
  void execute(const std::string& sql) const;
  Statement prepare(std::string_view sql) const { return {*cache_, sql}; }
  std::int64_t last_row() const;
  /// Rows changed by the last INSERT, UPDATE or DELETE.
  int changes() const;
  std::int64_t pragma(std::string_view name) const;
  /// Rows changed by this connection so far.
  std::int64_t total_changes() const;
  bool in_transaction() const;

  /// Flat: transactions within another one cost nothing, and can't take themselves back. Where one
  /// would have to, the outer one is spoiled: it must not be committed.
  void set_flat(bool flat) {
    flat_ = flat;
    spoiled_ = false;
  }
  bool spoiled() const { return spoiled_; }

  /// SQLite's own handle, for its backup functions; borrowed.
  sqlite3* handle() const { return connection_.get(); }

 private:
  struct Close {
    void operator()(sqlite3* connection) const;
  };
  std::unique_ptr<sqlite3, Close> connection_;
  std::unique_ptr<StatementCache> cache_;  ///< dies before the connection
  friend class Transaction;
  bool flat_ = false;
  bool spoiled_ = false;
};

/// A write transaction (BEGIN IMMEDIATE), or, within another one, a savepoint of that; the
/// destructor rolls back what was not committed.
class Transaction {
 public:
  explicit Transaction(Database& database);
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction();
  void commit();

 private:
  enum class Kind { outermost, savepoint, flat };

  Database& database_;
  Kind kind_;
  std::int64_t changes_;  ///< of the connection when it began
  bool open_ = true;
};

/// A read transaction: all reads in it see one state of the database. Does nothing within another
/// transaction.
class Snapshot {
 public:
  explicit Snapshot(const Database& database);
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;
  ~Snapshot();

 private:
  const Database& database_;
  bool open_;
};

}  // namespace luolab
