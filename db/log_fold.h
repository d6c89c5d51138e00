// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>

#include "db/sqlite.h"

namespace luolab {

/// How far the log has been folded into the file, in pages.
struct FoldedLog {
  std::int64_t logged = 0;  ///< that the log has
  std::int64_t folded = 0;  ///< of those, are in the file as well
};

/// Folds a store's write-ahead log into its file while others write: the bulk of that work, and its
/// waiting for the disk, need not be done by the writer, which does it only where the log grows
/// beyond its bound (Database::write_ahead). A connection of its own; one thread at a time.
/// Source: https://sqlite.org/c3ref/wal_checkpoint_v2.html, SQLITE_CHECKPOINT_PASSIVE.
class LogFold {
 public:
  /// The store is there and has been opened by this program before. Throws SqliteError.
  explicit LogFold(const std::filesystem::path& store_file);
  /// What can be folded without waiting for readers or the writer. Throws SqliteError.
  FoldedLog fold();

 private:
  Database database_;
};

}  // namespace luolab
