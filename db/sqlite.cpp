// SPDX-License-Identifier: Apache-2.0
#include "db/sqlite.h"

#include <sqlite3.h>

#include <fmt/format.h>

#include "db/statement_cache.h"

namespace luolab {
namespace {

void require(sqlite3* connection, int code) {
  if (code != SQLITE_OK) throw_sqlite_error(connection, code);
}

void require(sqlite3_stmt* statement, int code) { require(sqlite3_db_handle(statement), code); }

/// Ends a transaction in a destructor, where an error has nobody to go to: SQLite itself rolls
/// back what is open when the connection closes.
void roll_back(const Database& database, const char* how) {
  try {
    if (database.in_transaction()) database.execute(how);
  } catch (const SqliteError&) {
  }
}

}  // namespace

Statement::Statement(StatementCache& cache, std::string_view sql)
    : statement_(cache.take(sql), GiveBack{&cache}) {}

void Statement::GiveBack::operator()(sqlite3_stmt* statement) const { cache->give_back(statement); }

bool Statement::step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  sqlite3* connection = sqlite3_db_handle(statement_.get());
  throw_sqlite_error(connection, sqlite3_extended_errcode(connection));
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

Database::Database(const std::filesystem::path& file, const DatabaseOptions& options) {
  // Counting the bytes in use takes a lock at every allocation, and nobody asks.
  static const int uncounted = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  static_cast<void>(uncounted);
  sqlite3* connection = nullptr;
  const int flags =
      options.only_read ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  const int code = sqlite3_open_v2(file.c_str(), &connection, flags | SQLITE_OPEN_NOMUTEX, nullptr);
  connection_.reset(connection);
  if (code != SQLITE_OK) throw_sqlite_error(connection, code, file.string());
  cache_ = std::make_unique<StatementCache>(connection);
  sqlite3_extended_result_codes(connection, 1);
  sqlite3_busy_timeout(connection, static_cast<int>(options.patience.count()));
  execute("PRAGMA foreign_keys = ON; PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY");
  if (options.only_read) execute("PRAGMA query_only = ON");
}

Database::Database(Database&&) noexcept = default;

Database& Database::operator=(Database&& other) noexcept {
  cache_ = std::move(other.cache_);
  connection_ = std::move(other.connection_);
  return *this;
}

Database::~Database() = default;

void Database::write_ahead() {
  // 64 MiB of log before it is folded into the file: a page that changes often is written there
  // once. Content that is deleted needs no overwriting: the store holds no secrets.
  execute(
      "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 16384; "
      "PRAGMA journal_size_limit = 134217728; PRAGMA secure_delete = OFF");
}

std::int64_t Database::total_changes() const { return sqlite3_total_changes64(connection_.get()); }

bool Database::in_transaction() const { return sqlite3_get_autocommit(connection_.get()) == 0; }

void Database::Close::operator()(sqlite3* connection) const { sqlite3_close_v2(connection); }

void Database::execute(const std::string& sql) const {
  require(connection_.get(),
          sqlite3_exec(connection_.get(), sql.c_str(), nullptr, nullptr, nullptr));
}

std::int64_t Database::last_row() const { return sqlite3_last_insert_rowid(connection_.get()); }

int Database::changes() const { return sqlite3_changes(connection_.get()); }

std::int64_t Database::pragma(std::string_view name) const {
  Statement statement = prepare(fmt::format("PRAGMA {}", name));
  return statement.step() ? statement.integer(0) : 0;
}

Transaction::Transaction(Database& database)
    : database_(database), kind_(Kind::outermost), changes_(database.total_changes()) {
  if (database_.in_transaction()) kind_ = database_.flat_ ? Kind::flat : Kind::savepoint;
  if (kind_ == Kind::outermost) database_.prepare("BEGIN IMMEDIATE").run();
  if (kind_ == Kind::savepoint) database_.prepare("SAVEPOINT step").run();
}

Transaction::~Transaction() {
  if (!open_) return;
  if (kind_ == Kind::outermost) roll_back(database_, "ROLLBACK");
  if (kind_ == Kind::savepoint) roll_back(database_, "ROLLBACK TO step; RELEASE step");
  if (kind_ == Kind::flat && database_.total_changes() != changes_) database_.spoiled_ = true;
}

void Transaction::commit() {
  if (kind_ == Kind::outermost) database_.prepare("COMMIT").run();
  if (kind_ == Kind::savepoint) database_.prepare("RELEASE step").run();
  open_ = false;
}

Snapshot::Snapshot(const Database& database)
    : database_(database), open_(!database.in_transaction()) {
  if (open_) database_.prepare("BEGIN").run();
}

Snapshot::~Snapshot() {
  if (open_) roll_back(database_, "ROLLBACK");
}

}  // namespace luolab
