// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <nettle/sha2.h>

#include "core/wire/hash_choice.h"
#include "core/wire/layout.h"
#include "core/wire/pattern.h"

namespace luolab {

/// How much memory one range digest covers unless asked otherwise.
inline constexpr std::uint64_t kRangeBytes = std::uint64_t{16} << 20;

/// 32 lower-case hexadecimal digits, high half first (xxHash's canonical form).
std::string hex(const Digest128& digest);

/// The digests of one memfd: XXH3-128 of each range (the last may be shorter), and one digest of
/// the whole: the range's own where there is just one, otherwise XXH3-128 over the canonical forms
/// of the range digests, one after the other. A memfd of 0 bytes has no ranges; its digest is that
/// of the empty string.
struct DigestTree {
  std::vector<Digest128> ranges;
  Digest128 whole;
  std::uint64_t size_bytes = 0;
  std::string sha256;  ///< 64 hexadecimal digits over the plain content; empty unless asked for
  friend bool operator==(const DigestTree&, const DigestTree&) = default;
};

/// Computes a DigestTree from content that arrives in pieces of any size. One thread.
class DigestTreeBuilder {
 public:
  /// `range_bytes` > 0; `kind` must be runnable here.
  DigestTreeBuilder(std::uint64_t range_bytes, HashKind kind, bool with_sha256);
  void add(std::span<const std::byte> bytes);
  /// The tree of all that was added. Call once.
  DigestTree finish();

 private:
  void close_range();

  const HashFunctions& hash_;
  HashState state_;
  std::uint64_t range_bytes_;
  std::uint64_t range_filled_bytes_ = 0;
  std::optional<sha256_ctx> sha256_;
  DigestTree tree_;
};

/// Bytes written over the pattern.
struct Overlay {
  std::uint64_t offset_bytes = 0;
  std::string bytes;
};

/// What a memfd must hold, computed from the pattern and what was written over it (later ones win):
/// the outside oracle. Takes about the time of hashing that much memory; any thread.
DigestTree expected_tree(const Layout& layout, PagePattern pattern, const PatternKey& key,
                         std::uint64_t range_bytes, HashKind kind, bool with_sha256,
                         std::span<const Overlay> overlays = {});

/// Lays the part of each overlay that falls into this stretch of the file over it.
void lay_over(std::span<std::byte> bytes, std::uint64_t offset_bytes,
              std::span<const Overlay> overlays);

/// By what a single page is compared: the low half of its XXH3-128.
std::uint64_t page_digest(HashKind kind, std::span<const std::byte> page);

}  // namespace luolab
