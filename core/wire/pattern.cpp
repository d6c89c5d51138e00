// SPDX-License-Identifier: Apache-2.0
#include "core/wire/pattern.h"

#include <algorithm>
#include <cstring>

#define XXH_INLINE_ALL
#define XXH_VECTOR 0
#include <xxhash.h>

namespace luolab {
namespace {

constexpr std::uint64_t kStep = 0x9e3779b97f4a7c15;  // odd, so a counter visits every value
constexpr std::uint64_t kTwist = 0xe7037ed1a0b428db;
constexpr std::uint32_t kRecordMagic = 0x524f554c;  // "LUOR"

struct RecordHeader {
  std::uint64_t head_mark;
  std::uint32_t magic;
  std::uint32_t writer;
  std::uint64_t page_index;
  std::uint64_t generation;
  std::uint64_t checksum;  // of payload and the fields above
};
static_assert(sizeof(RecordHeader) == kRecordHeadBytes);

constexpr std::size_t kTailOffset = kPageBytes - sizeof(std::uint64_t);
constexpr std::size_t kPayloadBytes = kTailOffset - sizeof(RecordHeader);

// A bijection (SplitMix64's finaliser): different inputs never meet.
constexpr std::uint64_t scramble(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

// Of an odd number, modulo 2^64: each round of Newton's doubles the right bits, from 3.
constexpr std::uint64_t inverse(std::uint64_t odd) {
  std::uint64_t x = odd;
  for (int round = 0; round < 5; ++round) x *= 2 - odd * x;
  return x;
}

constexpr std::uint64_t unscramble(std::uint64_t x) {
  x = (x ^ (x >> 31) ^ (x >> 62)) * inverse(0x94d049bb133111eb);
  x = (x ^ (x >> 27) ^ (x >> 54)) * inverse(0xbf58476d1ce4e5b9);
  return x ^ (x >> 30) ^ (x >> 60);
}
static_assert(unscramble(scramble(0x0123456789abcdef)) == 0x0123456789abcdef);

// Which of all marks, heads and tails by turns, a word is.
std::uint64_t mark_number(std::uint64_t mark, std::uint64_t word) {
  return (unscramble(word) - scramble(mark)) * inverse(kStep);
}

std::uint64_t page_seed(std::uint64_t seed, std::uint64_t page_index) {
  return scramble(scramble(seed) + page_index * kStep);
}

// One 64 x 64 -> 128 bit multiplication per 8 bytes: few instructions, which is what counts under
// software emulation.
std::uint64_t fold(std::uint64_t a, std::uint64_t b) {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(a) * b;
  return static_cast<std::uint64_t>(product >> 64) ^ static_cast<std::uint64_t>(product);
}

void generate(std::uint64_t counter, std::span<std::byte> bytes) {
  for (std::size_t offset = 0; offset < bytes.size(); offset += sizeof(std::uint64_t)) {
    counter += kStep;
    const std::uint64_t word = fold(counter, counter ^ kTwist);
    std::memcpy(bytes.data() + offset, &word, sizeof word);
  }
}

void put(PageBytes page, std::size_t offset, std::uint64_t word) {
  std::memcpy(page.data() + offset, &word, sizeof word);
}

std::uint64_t record_checksum(const RecordHeader& header, const std::byte* payload) {
  return XXH3_64bits(payload, kPayloadBytes) ^ scramble(header.head_mark ^ header.magic) ^
         scramble(header.page_index + kStep) ^ scramble(header.generation + kTwist) ^
         scramble(std::uint64_t{header.writer} << 32);
}

void fill_random(const PatternKey& key, std::uint64_t page_index, PageBytes page) {
  const PageMarks marks = page_marks(key.mark, page_index);
  generate(page_seed(key.seed, page_index), page);
  put(page, 0, marks.head);
  put(page, kTailOffset, marks.tail);
}

}  // namespace

std::string_view pattern_name(PagePattern pattern) {
  switch (pattern) {
    case PagePattern::zero:
      return "zero";
    case PagePattern::records:
      return "records";
    case PagePattern::random:
      break;
  }
  return "random";
}

std::optional<PagePattern> parse_pattern(std::string_view name) {
  for (const PagePattern pattern : {PagePattern::zero, PagePattern::random, PagePattern::records}) {
    if (pattern_name(pattern) == name) return pattern;
  }
  return std::nullopt;
}

PageMarks page_marks(std::uint64_t mark, std::uint64_t page_index) {
  const std::uint64_t start = scramble(mark);
  return {scramble(start + (2 * page_index) * kStep),
          scramble(start + (2 * page_index + 1) * kStep)};
}

std::optional<std::uint64_t> page_of_head_mark(std::uint64_t mark, std::uint64_t word,
                                               std::uint64_t page_count) {
  const std::uint64_t number = mark_number(mark, word);
  if (number % 2 != 0 || number / 2 >= page_count) return std::nullopt;
  return number / 2;
}

std::optional<std::uint64_t> page_of_tail_mark(std::uint64_t mark, std::uint64_t word,
                                               std::uint64_t page_count) {
  const std::uint64_t number = mark_number(mark, word);
  if (number % 2 != 1 || number / 2 >= page_count) return std::nullopt;
  return number / 2;
}

bool has_marks(PagePattern pattern) { return pattern != PagePattern::zero; }

void fill_page(PagePattern pattern, const PatternKey& key, std::uint64_t page_index,
               PageBytes page) {
  switch (pattern) {
    case PagePattern::zero:
      std::fill(page.begin(), page.end(), std::byte{0});
      return;
    case PagePattern::random:
      fill_random(key, page_index, page);
      return;
    case PagePattern::records:
      fill_record(key, page_index, {}, page);
      return;
  }
}

std::span<const std::byte> fill_page(const Layout& layout, PagePattern pattern,
                                     const PatternKey& key, std::uint64_t page_index,
                                     PageBytes page) {
  const bool data = layout.kind(page_index) == PageKind::data;
  fill_page(data ? pattern : PagePattern::zero, key, page_index, page);
  return std::span<const std::byte>(page).first(layout.page_length(page_index));
}

void fill_record(const PatternKey& key, std::uint64_t page_index, const RecordStamp& stamp,
                 PageBytes page) {
  const PageMarks marks = page_marks(key.mark, page_index);
  const std::uint64_t seed =
      page_seed(key.seed, page_index) ^
      (stamp == RecordStamp{} ? 0 : scramble(stamp.generation * kStep + stamp.writer));
  generate(seed, page.subspan(sizeof(RecordHeader), kPayloadBytes));
  RecordHeader header{marks.head, kRecordMagic, stamp.writer, page_index, stamp.generation, 0};
  header.checksum = record_checksum(header, page.data() + sizeof header);
  std::memcpy(page.data(), &header, sizeof header);
  put(page, kTailOffset, marks.tail);
}

std::optional<RecordStamp> read_record(std::uint64_t mark, std::uint64_t page_index,
                                       ConstPageBytes page) {
  RecordHeader header;
  std::uint64_t tail = 0;
  std::memcpy(&header, page.data(), sizeof header);
  std::memcpy(&tail, page.data() + kTailOffset, sizeof tail);
  const bool in_place = page_marks(mark, page_index) == PageMarks{header.head_mark, tail} &&
                        header.page_index == page_index;
  if (!in_place || header.magic != kRecordMagic) return std::nullopt;
  if (header.checksum != record_checksum(header, page.data() + sizeof header)) return std::nullopt;
  return RecordStamp{header.generation, header.writer};
}

std::optional<RecordHead> read_record_head(std::span<const std::byte> bytes) {
  RecordHeader header;
  if (bytes.size() < sizeof header) return std::nullopt;
  std::memcpy(&header, bytes.data(), sizeof header);
  if (header.magic != kRecordMagic) return std::nullopt;
  return RecordHead{header.page_index, {header.generation, header.writer}};
}

}  // namespace luolab
