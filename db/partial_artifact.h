// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>

namespace luolab {

enum class AppendOutcome {
  more,          ///< taken; more bytes are to come
  whole,         ///< all is there and the digest is right: it is in the artifact store, on disk
  other_offset,  ///< not taken: go on from `size_bytes`
  wrong_digest,  ///< all was there, but it is something else: all is dropped
  wrong_length,  ///< not taken: it would become longer than it said, or says another length
};

struct Appended {
  AppendOutcome outcome = AppendOutcome::more;
  std::uint64_t size_bytes = 0;  ///< that are there now
};

/// Files on their way into an artifact store, FOLDER/partial/SHA256: what came is kept over a
/// restart, so that an upload goes on where it broke off.
/// Holds no state; two appends to one digest at once exclude each other through a lock on the file.
class PartialArtifacts {
 public:
  /// `folder` is that of the ArtifactStore.
  explicit PartialArtifacts(std::filesystem::path folder) : folder_(std::move(folder)) {}

  /// Bytes that are there; 0 where none.
  std::uint64_t size(std::string_view sha256) const;

  /// Appends `bytes` at `offset_bytes` of a file of `length_bytes` altogether. Throws
  /// std::system_error where the disk refuses (ENOSPC too); what was there before is kept then.
  Appended append(std::string_view sha256, std::uint64_t offset_bytes, std::uint64_t length_bytes,
                  std::string_view bytes) const;

  /// Removes what nobody has touched since `before`; returns how many.
  std::size_t drop_older(std::filesystem::file_time_type before) const;

 private:
  std::filesystem::path place(std::string_view sha256) const;

  std::filesystem::path folder_;
};

}  // namespace luolab
