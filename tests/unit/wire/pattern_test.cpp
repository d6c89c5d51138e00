// SPDX-License-Identifier: Apache-2.0
#include "core/wire/pattern.h"

#include <array>
#include <cstring>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace luolab {
namespace {

using Page = std::array<std::byte, kPageBytes>;

constexpr PatternKey kKey{0x1234, 0x5678};

Page filled(PagePattern pattern, const PatternKey& key, std::uint64_t index) {
  Page page;
  fill_page(pattern, key, index, page);
  return page;
}

std::uint64_t word_at(const Page& page, std::size_t offset) {
  std::uint64_t word = 0;
  std::memcpy(&word, page.data() + offset, sizeof word);
  return word;
}

class MarkedPattern : public testing::TestWithParam<PagePattern> {};

TEST_P(MarkedPattern, PutsThePositionMarksAtBothEndsOfThePage) {
  for (const std::uint64_t index : {0ull, 1ull, 255ull, 1ull << 40}) {
    const Page page = filled(GetParam(), kKey, index);
    const PageMarks marks = page_marks(kKey.mark, index);
    EXPECT_EQ(word_at(page, 0), marks.head);
    EXPECT_EQ(word_at(page, kPageBytes - 8), marks.tail);
  }
}

TEST_P(MarkedPattern, MakesTheSamePageFromTheSameKey) {
  EXPECT_EQ(filled(GetParam(), kKey, 7), filled(GetParam(), kKey, 7));
}

TEST_P(MarkedPattern, MakesAnotherPageFromAnotherSeedWithTheSameMarks) {
  const Page one = filled(GetParam(), kKey, 7);
  const Page other = filled(GetParam(), {kKey.seed + 1, kKey.mark}, 7);
  EXPECT_NE(one, other);
  EXPECT_EQ(word_at(one, 0), word_at(other, 0));
  EXPECT_EQ(word_at(one, kPageBytes - 8), word_at(other, kPageBytes - 8));
}

TEST_P(MarkedPattern, MakesNeighbouringPagesDiffer) {
  EXPECT_NE(filled(GetParam(), kKey, 7), filled(GetParam(), kKey, 8));
}

INSTANTIATE_TEST_SUITE_P(All, MarkedPattern,
                         testing::Values(PagePattern::random, PagePattern::records),
                         [](const auto& instance) {
                           return std::string(pattern_name(instance.param));
                         });

TEST(Pattern, NeverGivesTwoMarksAlike) {
  std::set<std::uint64_t> seen;
  constexpr std::uint64_t kPages = 20000;
  for (std::uint64_t index = 0; index < kPages; ++index) {
    const PageMarks marks = page_marks(42, index);
    seen.insert({marks.head, marks.tail});
  }
  EXPECT_EQ(seen.size(), 2 * kPages);
}

TEST(Pattern, ChangesEveryMarkWithTheMarkKey) {
  for (std::uint64_t index = 0; index < 1000; ++index) {
    const PageMarks one = page_marks(1, index);
    const PageMarks two = page_marks(2, index);
    EXPECT_NE(one.head, two.head);
    EXPECT_NE(one.tail, two.tail);
  }
}

TEST(Pattern, LeavesNoLongStretchOfARandomPageRepeating) {
  const Page page = filled(PagePattern::random, kKey, 3);
  std::set<std::uint64_t> words;
  for (std::size_t offset = 0; offset < kPageBytes; offset += 8)
    words.insert(word_at(page, offset));
  EXPECT_EQ(words.size(), kPageBytes / 8);
}

TEST(Pattern, FillsZeroPagesWithZerosOverWhateverWasThere) {
  Page page;
  page.fill(std::byte{0xff});
  fill_page(PagePattern::zero, kKey, 5, page);
  EXPECT_THAT(page, testing::Each(std::byte{0}));
}

TEST(Pattern, ReadsAndWritesItsNames) {
  for (const PagePattern pattern : {PagePattern::zero, PagePattern::random, PagePattern::records}) {
    EXPECT_EQ(parse_pattern(pattern_name(pattern)), pattern);
  }
  EXPECT_EQ(parse_pattern("Random"), std::nullopt);
  EXPECT_EQ(parse_pattern(""), std::nullopt);
}

TEST(Pattern, CutsAPartialLastPageToItsLength) {
  const Layout layout{kPageBytes + 9, 0, 0, {}};
  const Page whole = filled(PagePattern::random, kKey, 1);
  Page buffer;
  const auto part = fill_page(layout, PagePattern::random, kKey, 1, buffer);
  ASSERT_EQ(part.size(), 9u);
  EXPECT_EQ(std::memcmp(part.data(), whole.data(), 9), 0);
}

TEST(Pattern, WritesZerosIntoHolesAndFallocatedPages) {
  const Layout layout{4 * kPageBytes, 1, 4, {{2 * kPageBytes, kPageBytes}}};
  Page page;
  for (const std::uint64_t index : {0u, 2u}) {
    page.fill(std::byte{0xff});
    fill_page(layout, PagePattern::random, kKey, index, page);
    EXPECT_THAT(page, testing::Each(std::byte{0})) << index;
  }
  fill_page(layout, PagePattern::random, kKey, 1, page);
  EXPECT_EQ(page, filled(PagePattern::random, kKey, 1));
}

TEST(Record, IsReadBackWithItsStamp) {
  Page page;
  fill_record(kKey, 9, {41, 3}, page);
  const auto stamp = read_record(kKey.mark, 9, page);
  ASSERT_TRUE(stamp);
  EXPECT_EQ(*stamp, (RecordStamp{41, 3}));
}

TEST(Record, StartsAsGenerationZeroOfWriterZero) {
  EXPECT_EQ(read_record(kKey.mark, 9, filled(PagePattern::records, kKey, 9)), RecordStamp{});
}

TEST(Record, HasAnotherPayloadInEachGeneration) {
  Page first;
  Page second;
  fill_record(kKey, 9, {1, 0}, first);
  fill_record(kKey, 9, {2, 0}, second);
  EXPECT_NE(std::memcmp(first.data() + 40, second.data() + 40, 4048), 0);
}

TEST(Record, IsNotReadInAnotherPagesPlace) {
  EXPECT_EQ(read_record(kKey.mark, 10, filled(PagePattern::records, kKey, 9)), std::nullopt);
}

TEST(Record, IsNotReadUnderAnotherMarkKey) {
  EXPECT_EQ(read_record(kKey.mark + 1, 9, filled(PagePattern::records, kKey, 9)), std::nullopt);
}

TEST(Record, IsNotReadWhereAnyOneByteIsFlipped) {
  const Page whole = filled(PagePattern::records, kKey, 9);
  for (std::size_t offset = 0; offset < kPageBytes; ++offset) {
    Page damaged = whole;
    damaged[offset] ^= std::byte{1};
    ASSERT_EQ(read_record(kKey.mark, 9, damaged), std::nullopt) << "at byte " << offset;
  }
}

TEST(Record, IsNotReadWhereItIsTornBetweenTwoGenerations) {
  Page older;
  Page newer;
  fill_record(kKey, 9, {1, 0}, older);
  fill_record(kKey, 9, {2, 0}, newer);
  for (std::size_t cut = 64; cut < kPageBytes - 8; cut += 64) {
    Page torn = older;
    std::memcpy(torn.data(), newer.data(), cut);
    ASSERT_EQ(read_record(kKey.mark, 9, torn), std::nullopt) << "torn at byte " << cut;
  }
}

TEST(MarksTellTheirPage, ForHeadAndTailAndNoOther) {
  for (const std::uint64_t page : {0ull, 1ull, 511ull, 999'999ull}) {
    const PageMarks marks = page_marks(kKey.mark, page);
    EXPECT_EQ(page_of_head_mark(kKey.mark, marks.head, 1'000'000), page);
    EXPECT_EQ(page_of_tail_mark(kKey.mark, marks.tail, 1'000'000), page);
    EXPECT_EQ(page_of_head_mark(kKey.mark, marks.tail, 1'000'000), std::nullopt);
    EXPECT_EQ(page_of_tail_mark(kKey.mark, marks.head, 1'000'000), std::nullopt);
    EXPECT_EQ(page_of_head_mark(kKey.mark, marks.head, page), std::nullopt) << "past the end";
    EXPECT_EQ(page_of_head_mark(kKey.mark + 1, marks.head, 1'000'000), std::nullopt);
  }
  EXPECT_EQ(page_of_head_mark(kKey.mark, 0, 1'000'000), std::nullopt);
}

TEST(RecordHead, SaysWhatTheRecordSaysOfItself) {
  Page page;
  fill_record(kKey, 7, {12, 3}, page);
  const auto head = read_record_head(page);
  ASSERT_TRUE(head);
  EXPECT_EQ(head->page_index, 7u);
  EXPECT_EQ(head->stamp, (RecordStamp{12, 3}));
  EXPECT_FALSE(read_record_head(std::span(page).first(kRecordHeadBytes - 1)));
  EXPECT_FALSE(read_record_head(filled(PagePattern::random, kKey, 7)));
}

}  // namespace
}  // namespace luolab
