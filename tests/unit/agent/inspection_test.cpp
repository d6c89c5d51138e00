// SPDX-License-Identifier: Apache-2.0
#include "agent/inspection.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/plain_read.h"
#include "core/wire/agent_wire.h"

namespace luolab {
namespace {

constexpr PatternKey kKey{5, 6};

InspectionRequest request_for(const Layout& layout, PagePattern pattern = PagePattern::random) {
  InspectionRequest request;
  request.layout = layout;
  request.pattern = pattern;
  request.mark = kKey.mark;
  return request;
}

std::vector<std::byte> content_of(const Layout& layout, PagePattern pattern = PagePattern::random) {
  std::vector<std::byte> content(layout.page_count() * kPageBytes);
  for (std::uint64_t page = 0; page < layout.page_count(); ++page) {
    fill_page(layout, pattern, kKey, page,
              PageBytes(content.data() + page * kPageBytes, kPageBytes));
  }
  content.resize(layout.size_bytes);
  return content;
}

std::vector<std::uint64_t> bad_pages(const Inspection& report) {
  std::vector<std::uint64_t> pages;
  for (const BadMark& bad : report.first) pages.push_back(bad.page);
  return pages;
}

class InspectedSize : public testing::TestWithParam<std::uint64_t> {};

TEST_P(InspectedSize, HasNoBadMarksAndTheExpectedTree) {
  const Layout layout{GetParam(), 2, 9, {}};
  for (const PagePattern pattern : {PagePattern::zero, PagePattern::random, PagePattern::records}) {
    auto request = request_for(layout, pattern);
    request.range_bytes = 64 * kPageBytes;
    request.sha256 = true;
    const Inspection report = inspect(content_of(layout, pattern), request);
    EXPECT_EQ(report.bad_marks, 0u);
    EXPECT_EQ(report.tree,
              expected_tree(layout, pattern, kKey, 64 * kPageBytes, HashKind::scalar, true));
  }
}

INSTANTIATE_TEST_SUITE_P(Bytes, InspectedSize,
                         testing::Values(0, 1, 8, 4088, 4095, 4096, 4104, (2 << 20) + 1));

TEST(Inspection, ListsBothOfTwoSwappedPages) {
  const Layout layout{40 * kPageBytes, 0, 0, {}};
  auto content = content_of(layout);
  std::swap_ranges(content.begin() + 3 * kPageBytes, content.begin() + 4 * kPageBytes,
                   content.begin() + 30 * kPageBytes);
  const Inspection report = inspect(content, request_for(layout));
  EXPECT_EQ(report.bad_marks, 2u);
  EXPECT_THAT(bad_pages(report), testing::ElementsAre(3, 30));
  EXPECT_EQ(report.first[0].found, page_marks(kKey.mark, 30));
}

TEST(Inspection, NoticesDataWhereAHoleWas) {
  const Layout layout{14 * kPageBytes, 1, 7, {}};
  auto content = content_of(layout);
  content[7 * kPageBytes] = std::byte{1};
  EXPECT_THAT(bad_pages(inspect(content, request_for(layout))), testing::ElementsAre(7));
}

TEST(Inspection, NoticesALostPage) {
  const Layout layout{5 * kPageBytes, 0, 0, {}};
  auto content = content_of(layout);
  std::fill_n(content.begin() + 2 * kPageBytes, kPageBytes, std::byte{0});
  EXPECT_THAT(bad_pages(inspect(content, request_for(layout))), testing::ElementsAre(2));
}

TEST(Inspection, CountsAllBadMarksButListsTheFirst) {
  const Layout layout{100 * kPageBytes, 0, 0, {}};
  auto request = request_for(layout);
  request.mark = kKey.mark + 1;
  const Inspection report = inspect(content_of(layout), request);
  EXPECT_EQ(report.bad_marks, 100u);
  EXPECT_EQ(report.first.size(), wire::kListedBadMarks);
}

TEST(Inspection, FindsAFlippedBitBetweenTheMarksInTheDigestAlone) {
  const Layout layout{2 * kPageBytes, 0, 0, {}};
  auto content = content_of(layout);
  content[1000] ^= std::byte{4};
  const Inspection report = inspect(content, request_for(layout));
  EXPECT_EQ(report.bad_marks, 0u);
  EXPECT_NE(report.tree,
            expected_tree(layout, PagePattern::random, kKey, kRangeBytes, HashKind::scalar, false));
}

TEST(Inspection, LooksAtNoMarksWithoutAPattern) {
  const Layout layout{4 * kPageBytes, 0, 0, {}};
  auto request = request_for(layout);
  request.pattern.reset();
  request.mark = 0;
  EXPECT_EQ(inspect(content_of(layout), request).bad_marks, 0u);
}

TEST(PlainRead, MixesEveryWord) {
  std::vector<std::byte> memory(8 * 25);
  EXPECT_EQ(plain_read(memory), 0u);
  for (std::size_t at = 0; at < memory.size(); at += 8) {
    memory[at] = std::byte{0x10};
    EXPECT_EQ(plain_read(memory), 0x10u) << at;
    memory[at] = std::byte{0};
  }
}

}  // namespace
}  // namespace luolab
