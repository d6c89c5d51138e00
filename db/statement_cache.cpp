// SPDX-License-Identifier: Apache-2.0
#include "db/statement_cache.h"

#include <sqlite3.h>

#include "db/sqlite_error.h"

namespace luolab {
namespace {

/// Far more than there are different texts; a bound for those that are put together.
constexpr std::size_t kMost = 512;

}  // namespace

StatementCache::~StatementCache() {
  for (const auto& [sql, statements] : idle_) {
    for (sqlite3_stmt* statement : statements) sqlite3_finalize(statement);
  }
}

sqlite3_stmt* StatementCache::take(std::string_view sql) {
  const auto found = idle_.find(sql);
  if (found == idle_.end() || found->second.empty()) return prepare(sql);
  sqlite3_stmt* statement = found->second.back();
  found->second.pop_back();
  --size_;
  return statement;
}

void StatementCache::give_back(sqlite3_stmt* statement) {
  if (statement == nullptr) return;
  if (size_ >= kMost) {
    sqlite3_finalize(statement);
    return;
  }
  sqlite3_reset(statement);
  sqlite3_clear_bindings(statement);
  const std::string_view sql = sqlite3_sql(statement);
  auto place = idle_.find(sql);
  if (place == idle_.end()) place = idle_.emplace(std::string(sql), Idle::mapped_type()).first;
  place->second.push_back(statement);
  ++size_;
}

sqlite3_stmt* StatementCache::prepare(std::string_view sql) const {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(connection_, sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK) {
    sqlite3_finalize(statement);
    throw_sqlite_error(connection_, code);
  }
  return statement;
}

}  // namespace luolab
