// SPDX-License-Identifier: Apache-2.0
#include "db/sqlite.h"

#include <sqlite3.h>

#include <fmt/format.h>

namespace luolab {
namespace {

constexpr int kPatienceMs = 10'000;

std::string file_of(sqlite3* connection) {
  const char* name = connection == nullptr ? nullptr : sqlite3_db_filename(connection, "main");
  return name == nullptr ? std::string() : name;
}

[[noreturn]] void fail(sqlite3* connection, int code, const std::string& file) {
  const SqliteFault fault = sqlite_fault(code);
  const char* says = connection == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(connection);
  throw SqliteError(
      fault, fmt::format("{}: {} (SQLite {}): {}", file, says, code, sqlite_remedy(fault, file)));
}

void require(sqlite3* connection, int code) {
  if (code != SQLITE_OK) fail(connection, code, file_of(connection));
}

void require(sqlite3_stmt* statement, int code) { require(sqlite3_db_handle(statement), code); }

/// Ends a transaction in a destructor, where an error has nobody to go to: SQLite itself rolls
/// back what is open when the connection closes.
void roll_back(Database& database) {
  try {
    database.execute("ROLLBACK");
  } catch (const SqliteError&) {
  }
}

}  // namespace

Statement::Statement(sqlite3* connection, std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const int code =
      sqlite3_prepare_v2(connection, sql.data(), static_cast<int>(sql.size()), &statement, nullptr);
  statement_.reset(statement);
  require(connection, code);
}

void Statement::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

bool Statement::step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  sqlite3* connection = sqlite3_db_handle(statement_.get());
  fail(connection, sqlite3_extended_errcode(connection), file_of(connection));
}

void Statement::reset() { sqlite3_reset(statement_.get()); }

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

double Statement::real(int column) const { return sqlite3_column_double(statement_.get(), column); }

std::string Statement::text(int column) const {
  const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement_.get(), column));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column));
  return bytes == nullptr ? std::string() : std::string(bytes, size);
}

std::string Statement::blob(int column) const {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_.get(), column));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column));
  return bytes == nullptr ? std::string() : std::string(bytes, size);
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

bool Statement::is_blob(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_BLOB;
}

void Statement::bind(int index, std::string_view text) {
  const char* bytes = text.data() == nullptr ? "" : text.data();
  require(statement_.get(), sqlite3_bind_text64(statement_.get(), index, bytes, text.size(),
                                                SQLITE_TRANSIENT, SQLITE_UTF8));
}

void Statement::bind(int index, Blob blob) {
  require(statement_.get(),
          sqlite3_bind_blob64(statement_.get(), index, blob.data(), blob.size(), SQLITE_TRANSIENT));
}

void Statement::bind(int index, double value) {
  require(statement_.get(), sqlite3_bind_double(statement_.get(), index, value));
}

void Statement::bind(int index, std::nullptr_t) {
  require(statement_.get(), sqlite3_bind_null(statement_.get(), index));
}

void Statement::bind_integer(int index, std::int64_t value) {
  require(statement_.get(), sqlite3_bind_int64(statement_.get(), index, value));
}

Database::Database(const std::filesystem::path& file) {
  sqlite3* connection = nullptr;
  const int code = sqlite3_open_v2(file.c_str(), &connection,
                                   SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
  connection_.reset(connection);
  if (code != SQLITE_OK) fail(connection, code, file.string());
  sqlite3_extended_result_codes(connection, 1);
  sqlite3_busy_timeout(connection, kPatienceMs);
  execute("PRAGMA foreign_keys = ON");
}

void Database::write_ahead() { execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL"); }

void Database::Close::operator()(sqlite3* connection) const { sqlite3_close_v2(connection); }

void Database::execute(const std::string& sql) {
  require(connection_.get(),
          sqlite3_exec(connection_.get(), sql.c_str(), nullptr, nullptr, nullptr));
}

std::int64_t Database::last_row() const { return sqlite3_last_insert_rowid(connection_.get()); }

int Database::changes() const { return sqlite3_changes(connection_.get()); }

std::int64_t Database::pragma(std::string_view name) const {
  Statement statement = prepare(fmt::format("PRAGMA {}", name));
  return statement.step() ? statement.integer(0) : 0;
}

Transaction::Transaction(Database& database) : database_(database) {
  database_.execute("BEGIN IMMEDIATE");
}

Transaction::~Transaction() {
  if (open_) roll_back(database_);
}

void Transaction::commit() {
  database_.execute("COMMIT");
  open_ = false;
}

Snapshot::Snapshot(Database& database) : database_(database) { database_.execute("BEGIN"); }

Snapshot::~Snapshot() { roll_back(database_); }

}  // namespace luolab
