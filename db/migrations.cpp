// SPDX-License-Identifier: Apache-2.0
#include "db/migrations.h"

#include <array>

#include <fmt/format.h>

namespace luolab {
namespace {

constexpr auto kMigrations = std::to_array<Migration>({
#include "migrations.inc"
});

int last_number(std::span<const Migration> migrations) {
  return migrations.empty() ? 0 : migrations.back().number;
}

bool holds_tables(const Database& database) {
  return database.prepare("SELECT 1 FROM sqlite_master LIMIT 1").step();
}

}  // namespace

std::span<const Migration> known_migrations() { return kMigrations; }

Result<void> check_ownership(const Database& database, std::span<const Migration> migrations) {
  const std::int64_t application = database.pragma("application_id");
  if (application != kApplicationId && (application != 0 || holds_tables(database))) {
    return lab_error(
        "this SQLite file belongs to another program; move it away, or choose another "
        "folder with --state DIR");
  }
  const std::int64_t version = database.pragma("user_version");
  if (version > last_number(migrations)) {
    return lab_error(
        fmt::format("this store has version {}, written by a newer luolab; this luolab knows "
                    "versions up to {}: "
                    "use the newer luolab, or choose another folder with --state DIR",
                    version, last_number(migrations)));
  }
  return {};
}

void migrate(Database& database, std::span<const Migration> migrations) {
  if (database.pragma("user_version") == last_number(migrations)) return;
  Transaction transaction(database);
  const std::int64_t version = database.pragma("user_version");
  for (const Migration& migration : migrations) {
    if (migration.number > version) database.execute(std::string(migration.sql));
  }
  database.execute(fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}",
                               kApplicationId, last_number(migrations)));
  transaction.commit();
}

}  // namespace luolab
