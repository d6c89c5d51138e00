// SPDX-License-Identifier: Apache-2.0
#include "db/log_fold.h"

#include <sqlite3.h>

#include "db/sqlite_error.h"

namespace luolab {

LogFold::LogFold(const std::filesystem::path& store_file)
    : database_(store_file, {.patience = {}}) {
  database_.execute("PRAGMA synchronous = FULL");
}

FoldedLog LogFold::fold() {
  int logged = 0;
  int folded = 0;
  const int code = sqlite3_wal_checkpoint_v2(database_.handle(), nullptr, SQLITE_CHECKPOINT_PASSIVE,
                                             &logged, &folded);
  if (code != SQLITE_OK && code != SQLITE_BUSY) throw_sqlite_error(database_.handle(), code, "");
  return {logged, folded};
}

}  // namespace luolab
