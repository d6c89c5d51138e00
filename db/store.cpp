// SPDX-License-Identifier: Apache-2.0
#include "db/store.h"

#include <system_error>

#include <fmt/format.h>

#include "db/migrations.h"

namespace luolab {
namespace {

namespace fs = std::filesystem;

/// Up to this size the whole file is looked through at each opening; it takes about 1 ms per MiB.
constexpr std::uintmax_t kQuickCheckLimitBytes = std::uintmax_t{32} << 20;

fs::path locks_of(const fs::path& file) { return file.string() + ".locks"; }

std::string structure_of(const Database& database) {
  Statement check = database.prepare("PRAGMA quick_check(1)");
  return check.step() ? check.text(0) : "no answer";
}

Error damaged(const fs::path& file, const std::string& found) {
  return lab_error(fmt::format("{}: {}: {}", file.string(), found,
                               sqlite_remedy(SqliteFault::corrupt, file.string())));
}

Result<void> check_structure(const Database& database, const fs::path& file) {
  if (fs::file_size(file) > kQuickCheckLimitBytes) return {};
  const std::string found = structure_of(database);
  if (found == "ok") return {};
  return damaged(file, found);
}

Result<Database> open_database(const fs::path& file, const StoreOptions& options) {
  fs::create_directories(locks_of(file));
  // Switching to WAL and migrating are done by one process at a time.
  const FileLock setup = FileLock::wait(locks_of(file) / "setup");
  Database database(file, {.patience = options.patience});
  if (auto own = check_ownership(database, known_migrations()); !own) {
    return in_context(file.string(), own.error());
  }
  database.write_ahead();
  migrate(database, known_migrations());
  if (auto sound = check_structure(database, file); !sound) return sound.error();
  return database;
}

Result<Database> open_to_read(const fs::path& file) {
  Database database(file, {.only_read = true});
  if (auto own = check_ownership(database, known_migrations()); !own) {
    return in_context(file.string(), own.error());
  }
  if (database.pragma("user_version") == known_migrations().back().number) return database;
  return lab_error(
      fmt::format("{}: not a store of this luolab yet; open it to write first", file.string()));
}

/// What the environment refuses, as an error with its remedy.
template <class Open>
Result<Database> opened(const fs::path& file, Open open) {
  try {
    return open();
  } catch (const SqliteError& error) {
    return lab_error(error.what());
  } catch (const std::system_error& error) {
    return lab_error(
        fmt::format("{}: {}: can't keep a store here; mend that, or choose another "
                    "folder with --state DIR",
                    file.string(), error.code().message()));
  }
}

}  // namespace

fs::path store_file(const fs::path& state) { return state / "luolab.db"; }

Store::Store(fs::path file, Database database)
    : file_(std::move(file)), database_(std::move(database)) {}

Result<Store> Store::open(const fs::path& file, const StoreOptions& options) {
  auto database = opened(file, [&] { return open_database(file, options); });
  if (!database) return database.error();
  return Store(file, std::move(*database));
}

Result<Store> Store::open_reader(const fs::path& file) {
  auto database = opened(file, [&] { return open_to_read(file); });
  if (!database) return database.error();
  return Store(file, std::move(*database));
}

Result<void> Store::check_integrity() const {
  try {
    const std::string found = structure_of(database_);
    if (found == "ok") return {};
    return damaged(file_, found);
  } catch (const SqliteError& error) {
    if (error.fault() != SqliteFault::corrupt) throw;
    return lab_error(error.what());
  }
}

fs::path Store::locks() const { return locks_of(file_); }

const Owner& Store::owner() {
  if (!owner_) owner_ = std::make_unique<Owner>(locks());
  return *owner_;
}

}  // namespace luolab
