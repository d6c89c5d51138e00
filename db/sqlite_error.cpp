// SPDX-License-Identifier: Apache-2.0
#include "db/sqlite_error.h"

#include <sqlite3.h>

#include <fmt/format.h>

namespace luolab {
namespace {

std::string file_of(sqlite3* connection) {
  const char* name = connection == nullptr ? nullptr : sqlite3_db_filename(connection, "main");
  return name == nullptr ? std::string() : name;
}

}  // namespace

void throw_sqlite_error(sqlite3* connection, int code, const std::string& file) {
  const std::string name = file.empty() ? file_of(connection) : file;
  const SqliteFault fault = sqlite_fault(code);
  const char* says = connection == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(connection);
  throw SqliteError(
      fault, fmt::format("{}: {} (SQLite {}): {}", name, says, code, sqlite_remedy(fault, name)));
}

SqliteFault sqlite_fault(int code) {
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return SqliteFault::busy;
    case SQLITE_FULL:
      return SqliteFault::full;
    case SQLITE_READONLY:
      return SqliteFault::read_only;
    case SQLITE_PERM:
    case SQLITE_AUTH:
    case SQLITE_CANTOPEN:
      return SqliteFault::cannot_open;
    case SQLITE_NOTADB:
      return SqliteFault::not_a_database;
    case SQLITE_CORRUPT:
      return SqliteFault::corrupt;
    case SQLITE_IOERR:
      return SqliteFault::io;
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
      return SqliteFault::constraint;
    default:
      return SqliteFault::other;
  }
}

std::string sqlite_remedy(SqliteFault fault, std::string_view file) {
  switch (fault) {
    case SqliteFault::busy:
      return "another process holds the store's write lock; let it finish (fuser shows it) and try "
             "again";
    case SqliteFault::full:
      return "the disk is full; free some space there, or choose another folder with --state DIR";
    case SqliteFault::read_only:
      return "it may not be written; make the file and its folder writable, or choose another "
             "folder with --state DIR";
    case SqliteFault::cannot_open:
      return "check that its folder exists and may be written, or choose another with --state DIR";
    case SqliteFault::not_a_database:
      return "this file is no luolab store; move it away, or choose another folder with --state "
             "DIR";
    case SqliteFault::corrupt:
      return fmt::format(
          "the store is damaged; move it away, then `sqlite3 DAMAGED .recover | "
          "sqlite3 {}` saves what can be read",
          file);
    case SqliteFault::io:
      return "the disk reports an error; look at `dmesg` and at the disk";
    case SqliteFault::constraint:
      return "this is a bug of luolab; please report it with this line";
    case SqliteFault::other:
      return "please report it with this line";
  }
  return {};
}

}  // namespace luolab
