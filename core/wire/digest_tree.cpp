// SPDX-License-Identifier: Apache-2.0
#include "core/wire/digest_tree.h"

#include <algorithm>
#include <cstring>

namespace luolab {
namespace {

constexpr std::uint64_t kBlockPages = 16;  // stays in the first-level caches

std::array<std::uint8_t, 16> canonical(const Digest128& digest) {
  std::array<std::uint8_t, 16> bytes{};
  for (std::size_t i = 0; i < 8; ++i) {
    bytes[i] = static_cast<std::uint8_t>(digest.high >> (56 - 8 * i));
    bytes[i + 8] = static_cast<std::uint8_t>(digest.low >> (56 - 8 * i));
  }
  return bytes;
}

std::string hex(std::span<const std::uint8_t> bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const std::uint8_t byte : bytes) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

Digest128 digest_of_ranges(const HashFunctions& hash, std::span<const Digest128> ranges) {
  if (ranges.size() == 1) return ranges[0];
  HashState state;
  hash.reset(&state);
  for (const Digest128& range : ranges) {
    const auto bytes = canonical(range);
    hash.update(&state, bytes.data(), bytes.size());
  }
  return hash.digest(&state);
}

}  // namespace

std::string hex(const Digest128& digest) {
  return hex(std::span<const std::uint8_t>(canonical(digest)));
}

DigestTreeBuilder::DigestTreeBuilder(std::uint64_t range_bytes, HashKind kind, bool with_sha256)
    : hash_(hash_functions(kind)), range_bytes_(range_bytes) {
  hash_.reset(&state_);
  if (with_sha256) sha256_init(&sha256_.emplace());
}

void DigestTreeBuilder::add(std::span<const std::byte> bytes) {
  tree_.size_bytes += bytes.size();
  if (sha256_) {
    sha256_update(&*sha256_, bytes.size(), reinterpret_cast<const std::uint8_t*>(bytes.data()));
  }
  while (!bytes.empty()) {
    const auto taken = static_cast<std::size_t>(
        std::min<std::uint64_t>(bytes.size(), range_bytes_ - range_filled_bytes_));
    hash_.update(&state_, bytes.data(), taken);
    range_filled_bytes_ += taken;
    if (range_filled_bytes_ == range_bytes_) close_range();
    bytes = bytes.subspan(taken);
  }
}

void DigestTreeBuilder::close_range() {
  tree_.ranges.push_back(hash_.digest(&state_));
  hash_.reset(&state_);
  range_filled_bytes_ = 0;
}

DigestTree DigestTreeBuilder::finish() {
  if (range_filled_bytes_ != 0) close_range();
  tree_.whole = digest_of_ranges(hash_, tree_.ranges);
  if (sha256_) {
    std::array<std::uint8_t, SHA256_DIGEST_SIZE> digest{};
    sha256_digest(&*sha256_, digest.size(), digest.data());
    tree_.sha256 = hex(std::span<const std::uint8_t>(digest));
  }
  return std::move(tree_);
}

void lay_over(std::span<std::byte> bytes, std::uint64_t offset_bytes,
              std::span<const Overlay> overlays) {
  for (const Overlay& overlay : overlays) {
    const std::uint64_t begin = std::max(offset_bytes, overlay.offset_bytes);
    const std::uint64_t end = std::min<std::uint64_t>(offset_bytes + bytes.size(),
                                                      overlay.offset_bytes + overlay.bytes.size());
    if (begin >= end) continue;
    std::memcpy(bytes.data() + (begin - offset_bytes),
                overlay.bytes.data() + (begin - overlay.offset_bytes), end - begin);
  }
}

std::uint64_t page_digest(HashKind kind, std::span<const std::byte> page) {
  const HashFunctions& hash = hash_functions(kind);
  HashState state;
  hash.reset(&state);
  hash.update(&state, page.data(), page.size());
  return hash.digest(&state).low;
}

DigestTree expected_tree(const Layout& layout, PagePattern pattern, const PatternKey& key,
                         std::uint64_t range_bytes, HashKind kind, bool with_sha256,
                         std::span<const Overlay> overlays) {
  DigestTreeBuilder builder(range_bytes, kind, with_sha256);
  std::vector<std::byte> block(kBlockPages * kPageBytes);
  for (std::uint64_t page = 0; page < layout.page_count();) {
    const PageRun run = layout.run_at(page);
    const std::uint64_t pages = std::min(run.page_count, kBlockPages);
    std::size_t filled_bytes = 0;
    for (std::uint64_t i = 0; i < pages; ++i) {
      const PageBytes bytes(block.data() + i * kPageBytes, kPageBytes);
      fill_page(run.kind == PageKind::data ? pattern : PagePattern::zero, key, page + i, bytes);
      filled_bytes += layout.page_length(page + i);
    }
    const auto filled = std::span(block).first(filled_bytes);
    lay_over(filled, page * kPageBytes, overlays);
    builder.add(filled);
    page += pages;
  }
  return builder.finish();
}

}  // namespace luolab
