// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/error.h"
#include "core/protocol/report.h"

namespace luolab {

/// 64 lower-case hexadecimal digits: safe in a path.
bool is_digest(std::string_view text);

/// Where the artifact store lies below the state folder.
std::filesystem::path artifact_folder(const std::filesystem::path& state);

/// Files addressed by their SHA-256, in FOLDER/ab/abcd...: the same content lies there once.
/// A file is there whole or not at all, and is on disk before its digest is given out.
/// Holds no state: may be used by several threads and processes at once.
class ArtifactStore {
 public:
  /// Makes no folder until something is put.
  explicit ArtifactStore(std::filesystem::path folder) : folder_(std::move(folder)) {}

  const std::filesystem::path& folder() const { return folder_; }

  /// Keeps a copy of the file; `name` is what people call it. Throws std::system_error where the
  /// file can't be read or the store can't be written; nothing is left behind then.
  Artifact put_file(const std::filesystem::path& file, std::string_view name) const;
  /// The same, for bytes. Throws std::system_error.
  Artifact put_bytes(std::string_view bytes, std::string_view name) const;

  /// Where the content lies, if it was put.
  std::filesystem::path path(std::string_view sha256) const;
  /// Fault::lab where it is missing, or its content is not what the digest says.
  Result<std::string> read(std::string_view sha256) const;
  /// Its size, where it is there whole. False digests are not there.
  std::optional<std::uint64_t> whole(std::string_view sha256) const;

  /// Moves a finished file, which lies in this store's folder and whose digest was checked, to its
  /// place. Throws std::system_error.
  void adopt(const std::filesystem::path& file, std::string_view sha256) const;
  /// False where it was not there. Throws std::system_error.
  bool remove(std::string_view sha256) const;
  /// Removes the files that `is_named` does not know and that were put before `before` (a file is
  /// put before a row names it). Returns how many. Throws std::system_error, and what it throws.
  std::size_t sweep(const std::function<bool(std::string_view)>& is_named,
                    std::filesystem::file_time_type before) const;

 private:
  std::filesystem::path folder_;
};

}  // namespace luolab
