// SPDX-License-Identifier: Apache-2.0
#include "core/wire/digest_tree.h"

#include <algorithm>
#include <array>
#include <cstring>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace luolab {
namespace {

constexpr PatternKey kKey{11, 22};

std::vector<std::byte> content_of(const Layout& layout, PagePattern pattern) {
  std::vector<std::byte> content;
  std::array<std::byte, kPageBytes> page;
  for (std::uint64_t index = 0; index < layout.page_count(); ++index) {
    const auto part = fill_page(layout, pattern, kKey, index, page);
    content.insert(content.end(), part.begin(), part.end());
  }
  return content;
}

DigestTree tree_of(std::span<const std::byte> content, std::uint64_t range_bytes,
                   HashKind kind = HashKind::scalar, bool sha256 = false) {
  DigestTreeBuilder builder(range_bytes, kind, sha256);
  builder.add(content);
  return builder.finish();
}

class OddSize : public testing::TestWithParam<std::uint64_t> {};

TEST_P(OddSize, IsExpectedAsThePatternFillsIt) {
  const Layout layout{GetParam(), 1, 7, {}};
  for (const PagePattern pattern : {PagePattern::zero, PagePattern::random, PagePattern::records}) {
    const auto content = content_of(layout, pattern);
    ASSERT_EQ(content.size(), GetParam());
    EXPECT_EQ(expected_tree(layout, pattern, kKey, 1 << 20, HashKind::scalar, true),
              tree_of(content, 1 << 20, HashKind::scalar, true));
  }
}

TEST_P(OddSize, HasTheSameDigestsInEveryImplementation) {
  const Layout layout{GetParam(), 0, 0, {}};
  const DigestTree scalar =
      expected_tree(layout, PagePattern::random, kKey, 1 << 20, HashKind::scalar, false);
  for (const HashKind kind : runnable_hashes()) {
    EXPECT_EQ(expected_tree(layout, PagePattern::random, kKey, 1 << 20, kind, false), scalar)
        << hash_name(kind);
  }
}

INSTANTIATE_TEST_SUITE_P(Bytes, OddSize,
                         testing::Values(0, 1, 7, 4095, 4096, 4097, (2 << 20) + 1, 3 << 20));

TEST(DigestTree, OfOneRangeIsThatRangesDigest) {
  const auto content = content_of({1 << 20, 0, 0, {}}, PagePattern::random);
  const DigestTree tree = tree_of(content, 1 << 20);
  ASSERT_EQ(tree.ranges.size(), 1u);
  EXPECT_EQ(tree.whole, tree.ranges[0]);
}

TEST(DigestTree, OfSeveralRangesHashesTheirCanonicalDigests) {
  const auto content = content_of({3 * kPageBytes, 0, 0, {}}, PagePattern::random);
  const DigestTree tree = tree_of(content, kPageBytes);
  ASSERT_EQ(tree.ranges.size(), 3u);
  std::vector<std::byte> digits;
  for (const Digest128& range : tree.ranges) {
    for (int shift = 56; shift >= 0; shift -= 8)
      digits.push_back(static_cast<std::byte>(range.high >> shift));
    for (int shift = 56; shift >= 0; shift -= 8)
      digits.push_back(static_cast<std::byte>(range.low >> shift));
  }
  EXPECT_EQ(tree.whole, tree_of(digits, 1 << 20).whole);
}

TEST(DigestTree, OfNothingIsTheDigestOfTheEmptyString) {
  const DigestTree tree = tree_of({}, kRangeBytes, HashKind::scalar, true);
  EXPECT_TRUE(tree.ranges.empty());
  EXPECT_EQ(hex(tree.whole), "99aa06d3014798d86001c324468d497f");
  EXPECT_EQ(tree.sha256, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(DigestTree, GivesTheKnownDigestOfShortText) {
  const std::string_view text = "abc";
  const auto bytes = std::as_bytes(std::span(text));
  const DigestTree tree = tree_of(bytes, kRangeBytes, HashKind::scalar, true);
  EXPECT_EQ(hex(tree.whole), "06b05ab6733a618578af5f94892f3950");
  EXPECT_EQ(tree.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(DigestTree, DoesNotDependOnThePiecesItIsGiven) {
  const auto content = content_of({100001, 0, 0, {}}, PagePattern::random);
  const DigestTree whole = tree_of(content, 8 * kPageBytes, HashKind::scalar, true);
  for (const std::size_t piece : {1u, 63u, 4096u, 50000u}) {
    DigestTreeBuilder builder(8 * kPageBytes, HashKind::scalar, true);
    for (std::size_t at = 0; at < content.size(); at += piece) {
      builder.add(std::span(content).subspan(at, std::min(piece, content.size() - at)));
    }
    EXPECT_EQ(builder.finish(), whole) << piece;
  }
}

TEST(DigestTree, ShowsWhichRangeAFlippedBitLiesIn) {
  auto content = content_of({10 * kPageBytes, 0, 0, {}}, PagePattern::random);
  const DigestTree before = tree_of(content, kPageBytes);
  content[6 * kPageBytes + 100] ^= std::byte{1};
  const DigestTree after = tree_of(content, kPageBytes);
  for (std::size_t range = 0; range < 10; ++range) {
    EXPECT_EQ(before.ranges[range] == after.ranges[range], range != 6) << range;
  }
  EXPECT_NE(before.whole, after.whole);
}

TEST(DigestTree, NoticesSwappedPagesWithinARange) {
  auto content = content_of({8 * kPageBytes, 0, 0, {}}, PagePattern::random);
  const DigestTree before = tree_of(content, kRangeBytes);
  std::swap_ranges(content.begin(), content.begin() + kPageBytes, content.begin() + 5 * kPageBytes);
  EXPECT_NE(tree_of(content, kRangeBytes).whole, before.whole);
}

TEST(DigestTree, TellsSizesOfZerosApart) {
  const std::vector<std::byte> zeros(8192);
  EXPECT_NE(tree_of(std::span(zeros).first(4096), kRangeBytes).whole,
            tree_of(zeros, kRangeBytes).whole);
}

}  // namespace
}  // namespace luolab
