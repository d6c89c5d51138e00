// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace luolab {

/// Prepared statements of one connection that nobody uses at the moment, by their text.
/// Must die before the connection, and after the statements that it gave out. Same thread as that.
class StatementCache {
 public:
  explicit StatementCache(sqlite3* connection) : connection_(connection) {}
  StatementCache(const StatementCache&) = delete;
  StatementCache& operator=(const StatementCache&) = delete;
  ~StatementCache();

  /// One that is at its beginning, with nothing bound; prepared where there is none. Throws
  /// SqliteError.
  sqlite3_stmt* take(std::string_view sql);
  void give_back(sqlite3_stmt* statement);
  /// Statements that lie here.
  std::size_t size() const { return size_; }

 private:
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  using Idle = std::unordered_map<std::string, std::vector<sqlite3_stmt*>, Hash, std::equal_to<>>;

  sqlite3_stmt* prepare(std::string_view sql) const;

  sqlite3* connection_;
  Idle idle_;
  std::size_t size_ = 0;
};

}  // namespace luolab
