// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

struct sqlite3;

namespace luolab {

/// What went wrong with a database, as far as the remedy differs.
enum class SqliteFault {
  busy,            ///< another process holds the write lock for too long
  full,            ///< no space on the disk
  read_only,       ///< file or folder may not be written
  cannot_open,     ///< no such folder, no permission, no descriptors
  not_a_database,  ///< the file is something else
  corrupt,         ///< the file is damaged
  io,              ///< the disk reports an error
  constraint,      ///< a row breaks a rule of the schema: a bug of luolab
  other,
};

/// Thrown by db/sqlite.h and by Store where the environment broke. The transaction it happened in
/// is rolled back: what was acknowledged before stays, nothing of the failed step is kept.
/// what() names the file, what SQLite says, and the remedy.
class SqliteError : public std::runtime_error {
 public:
  SqliteError(SqliteFault fault, const std::string& what)
      : std::runtime_error(what), fault_(fault) {}
  SqliteFault fault() const { return fault_; }

 private:
  SqliteFault fault_;
};

/// From a result code (extended or not). Source: https://sqlite.org/rescode.html.
SqliteFault sqlite_fault(int code);

/// Throws SqliteError for what the connection has just answered. `file` names it where the
/// connection can't.
[[noreturn]] void throw_sqlite_error(sqlite3* connection, int code, const std::string& file = {});

/// One sentence: what a person can do about it. `file` is the database.
std::string sqlite_remedy(SqliteFault fault, std::string_view file);

}  // namespace luolab
