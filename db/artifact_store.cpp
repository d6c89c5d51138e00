// SPDX-License-Identifier: Apache-2.0
#include "db/artifact_store.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include <fmt/format.h>

#include "core/base/file.h"
#include "core/base/sha256.h"
#include "core/base/unique_fd.h"

namespace luolab {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void throw_errno(const fs::path& path) {
  throw std::system_error(errno, std::generic_category(), path.string());
}

void sync_to_disk(const fs::path& path, int flags) {
  const UniqueFd fd(::open(path.c_str(), flags | O_CLOEXEC));
  if (!fd || ::fsync(fd.get()) != 0) throw_errno(path);
}

/// Moves a finished file to its place; a content that is there whole stays.
void settle(const fs::path& file, const fs::path& place) {
  // The sweep leaves alone what was put lately, so also what is put once more.
  const auto put = fs::file_time_type::clock::now();
  if (fs::exists(place) && fs::file_size(place) == fs::file_size(file)) {
    fs::last_write_time(place, put);
    return;
  }
  fs::create_directories(place.parent_path());
  fs::permissions(file, fs::perms::owner_read | fs::perms::group_read | fs::perms::others_read);
  fs::last_write_time(file, put);
  sync_to_disk(file, O_RDONLY);
  fs::rename(file, place);
  sync_to_disk(place.parent_path(), O_RDONLY | O_DIRECTORY);
}

}  // namespace

bool is_digest(std::string_view text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

fs::path artifact_folder(const fs::path& state) { return state / "artifacts"; }

Artifact ArtifactStore::put_file(const fs::path& file, std::string_view name) const {
  const TempDir workplace(folder_, "incoming-");
  const fs::path copy = workplace.path() / "content";
  fs::copy_file(file, copy);
  const std::string digest = sha256_of_file(copy);
  settle(copy, path(digest));
  return {std::string(name), digest, fs::file_size(path(digest)), path(digest).string()};
}

Artifact ArtifactStore::put_bytes(std::string_view bytes, std::string_view name) const {
  const TempDir workplace(folder_, "incoming-");
  const fs::path copy = workplace.path() / "content";
  write_file_atomically(copy, bytes);
  const std::string digest = sha256_of(bytes);
  settle(copy, path(digest));
  return {std::string(name), digest, bytes.size(), path(digest).string()};
}

fs::path ArtifactStore::path(std::string_view sha256) const {
  return folder_ / sha256.substr(0, 2) / sha256;
}

Result<std::string> ArtifactStore::read(std::string_view sha256) const {
  if (!is_digest(sha256))
    return lab_error(fmt::format("\"{}\" is no SHA-256 of an artifact", sha256));
  auto bytes = read_file(path(sha256));
  if (!bytes) return lab_error(fmt::format("artifact missing: {}", bytes.error().what));
  if (sha256_of(*bytes) != sha256) {
    return lab_error(
        fmt::format("{}: the artifact's content does not match its name; it is damaged",
                    path(sha256).string()));
  }
  return bytes;
}

std::optional<std::uint64_t> ArtifactStore::whole(std::string_view sha256) const {
  if (!is_digest(sha256)) return {};
  std::error_code missing;
  const std::uintmax_t size = fs::file_size(path(sha256), missing);
  return missing ? std::nullopt : std::optional<std::uint64_t>(size);
}

void ArtifactStore::adopt(const fs::path& file, std::string_view sha256) const {
  settle(file, path(sha256));
}

bool ArtifactStore::remove(std::string_view sha256) const {
  return is_digest(sha256) && fs::remove(path(sha256));
}

std::size_t ArtifactStore::sweep(const std::function<bool(std::string_view)>& is_named,
                                 fs::file_time_type before) const {
  std::size_t removed = 0;
  if (!fs::exists(folder_)) return removed;
  for (const auto& shelf : fs::directory_iterator(folder_)) {
    if (!shelf.is_directory() || shelf.path().filename().string().size() != 2) continue;
    for (const auto& file : fs::directory_iterator(shelf.path())) {
      const std::string name = file.path().filename();
      if (!is_digest(name) || file.last_write_time() >= before || is_named(name)) continue;
      removed += fs::remove(file.path()) ? 1 : 0;
    }
  }
  return removed;
}

}  // namespace luolab
