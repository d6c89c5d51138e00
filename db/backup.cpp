// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <system_error>

#include <fmt/format.h>

#include "core/base/unique_fd.h"
#include "db/store.h"

namespace luolab {
namespace {

namespace fs = std::filesystem;

constexpr int kPagesPerStep = 2048;

/// The copy until it is in its place; the destructor removes what is left of it.
class Unfinished {
 public:
  explicit Unfinished(const fs::path& place) : path_(place.string() + ".partial") { clear(); }
  Unfinished(const Unfinished&) = delete;
  Unfinished& operator=(const Unfinished&) = delete;
  ~Unfinished() { clear(); }
  const fs::path& path() const { return path_; }

 private:
  void clear() const {
    std::error_code ignored;
    for (const char* suffix : {"", "-journal", "-wal", "-shm"}) {
      fs::remove(path_.string() + suffix, ignored);
    }
  }
  fs::path path_;
};

struct EndBackup {
  void operator()(sqlite3_backup* backup) const { sqlite3_backup_finish(backup); }
};

/// False: `go_on` said so. The source must be in a read transaction: then writers do not make the
/// copy begin anew.
bool copy(Database& to, const Database& from, const std::function<bool(BackupProgress)>& go_on) {
  const std::unique_ptr<sqlite3_backup, EndBackup> backup(
      sqlite3_backup_init(to.handle(), "main", from.handle(), "main"));
  if (!backup) throw_sqlite_error(to.handle(), sqlite3_extended_errcode(to.handle()));
  for (;;) {
    const int code = sqlite3_backup_step(backup.get(), kPagesPerStep);
    if (code != SQLITE_OK && code != SQLITE_DONE) throw_sqlite_error(to.handle(), code);
    const BackupProgress progress{sqlite3_backup_remaining(backup.get()),
                                  sqlite3_backup_pagecount(backup.get())};
    if (!go_on(progress)) return false;
    if (code == SQLITE_DONE) return true;
  }
}

void sync_to_disk(const fs::path& path, int flags) {
  const UniqueFd fd(::open(path.c_str(), flags | O_CLOEXEC));
  if (!fd || ::fsync(fd.get()) != 0) {
    throw std::system_error(errno, std::generic_category(), path.string());
  }
}

Result<void> write_copy(const fs::path& from, const fs::path& to,
                        const std::function<bool(BackupProgress)>& go_on) {
  auto source = Database(from, {.only_read = true});
  const Snapshot snapshot(source);
  source.prepare("SELECT count(*) FROM sqlite_schema").step();
  Database target(to);
  if (!copy(target, source, go_on)) return canceled_error("the backup was stopped");
  Statement check = target.prepare("PRAGMA quick_check(1)");
  const std::string found = check.step() ? check.text(0) : "no answer";
  if (found == "ok") return {};
  return lab_error(fmt::format("{}: the copy is damaged: {}", to.string(), found));
}

}  // namespace

Result<void> Store::backup(const fs::path& to,
                           const std::function<bool(BackupProgress)>& go_on) const {
  try {
    const Unfinished unfinished(to);
    if (auto written = write_copy(file_, unfinished.path(), go_on); !written) return written;
    sync_to_disk(unfinished.path(), O_RDONLY);
    fs::rename(unfinished.path(), to);
    sync_to_disk(fs::absolute(to).parent_path(), O_RDONLY | O_DIRECTORY);
    return {};
  } catch (const SqliteError& error) {
    return lab_error(fmt::format("{}: backup failed: {}", to.string(), error.what()));
  } catch (const std::system_error& error) {
    return lab_error(fmt::format("{}: backup failed: {}; choose a place that can be written",
                                 to.string(), error.code().message()));
  }
}

}  // namespace luolab
