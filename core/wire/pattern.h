// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "core/wire/layout.h"

namespace luolab {

/// What the data pages of a memfd hold. Pure functions of key and page index, so that the worker
/// knows every byte without asking the machine under test.
///   zero     every byte 0, no marks
///   random   bytes of a counter generator seeded per page, with a position mark in the first and
///            the last 8 bytes
///   records  a RecordHeader (its first 8 bytes are the head mark), payload from the generator, and
///            the tail mark in the last 8 bytes
/// A partial last page is the whole page cut off, so its tail mark is missing, and its head mark
/// where fewer than 8 bytes remain.
enum class PagePattern { zero, random, records };

/// "zero", "random", "records".
std::string_view pattern_name(PagePattern pattern);
std::optional<PagePattern> parse_pattern(std::string_view name);

/// `seed` makes the contents and must not outlive the fill in the machine under test; `mark` makes
/// the position marks and is told again for checking. Neither can be got from the other.
struct PatternKey {
  std::uint64_t seed = 0;
  std::uint64_t mark = 0;
};

/// A page with its marks in native (little-endian) byte order.
using PageBytes = std::span<std::byte, kPageBytes>;
using ConstPageBytes = std::span<const std::byte, kPageBytes>;

/// The marks of a page. For one `mark` no two of all the pages' marks are equal.
struct PageMarks {
  std::uint64_t head = 0;
  std::uint64_t tail = 0;
  friend bool operator==(const PageMarks&, const PageMarks&) = default;
};
PageMarks page_marks(std::uint64_t mark, std::uint64_t page_index);

/// The page whose head mark this word is, and the same for tail marks; empty where it is that of no
/// page below `page_count`. Marks are a bijection, so this takes no search.
std::optional<std::uint64_t> page_of_head_mark(std::uint64_t mark, std::uint64_t word,
                                               std::uint64_t page_count);
std::optional<std::uint64_t> page_of_tail_mark(std::uint64_t mark, std::uint64_t word,
                                               std::uint64_t page_count);

/// Whether pages of this pattern carry marks.
bool has_marks(PagePattern pattern);

/// Writes all 4096 bytes of a data page. `records` pages are of generation 0, writer 0.
void fill_page(PagePattern pattern, const PatternKey& key, std::uint64_t page_index,
               PageBytes page);

/// The page as the layout has it: pattern or zero, cut to its length. Returns the part of `page`
/// that lies in the file.
std::span<const std::byte> fill_page(const Layout& layout, PagePattern pattern,
                                     const PatternKey& key, std::uint64_t page_index,
                                     PageBytes page);

/// Who wrote a record, and how often it was written.
struct RecordStamp {
  std::uint64_t generation = 0;
  std::uint32_t writer = 0;
  friend bool operator==(const RecordStamp&, const RecordStamp&) = default;
};

/// Writes a whole record of the given generation and writer: the payload follows from key, index
/// and stamp.
void fill_record(const PatternKey& key, std::uint64_t page_index, const RecordStamp& stamp,
                 PageBytes page);

/// The stamp of a whole record; empty where the page is torn, damaged, not a record, or in another
/// page's place. Needs the mark key only.
std::optional<RecordStamp> read_record(std::uint64_t mark, std::uint64_t page_index,
                                       ConstPageBytes page);

/// What the first bytes of a record's page say of it.
struct RecordHead {
  std::uint64_t page_index = 0;
  RecordStamp stamp;
};
inline constexpr std::size_t kRecordHeadBytes = 40;

/// Reads them, believing everything but the magic number; empty where they are too few, or of no
/// record.
std::optional<RecordHead> read_record_head(std::span<const std::byte> bytes);

}  // namespace luolab
