// SPDX-License-Identifier: Apache-2.0
#include "agent/memfd.h"

#include <fcntl.h>

#include <cerrno>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/inspection.h"
#include "agent/mapping.h"

namespace luolab {
namespace {

using testing::Contains;
using testing::HasSubstr;

MemfdRequest request_of(const Layout& layout, PagePattern pattern = PagePattern::random) {
  MemfdRequest request;
  request.name = "test/memfd";
  request.layout = layout;
  request.pattern = pattern;
  request.key = {77, 88};
  return request;
}

DigestTree tree_of(int fd, std::uint64_t size_bytes) {
  const auto mapping = Mapping::of(fd, size_bytes, Mapping::Access::read, "test");
  DigestTreeBuilder builder(kRangeBytes, HashKind::scalar, false);
  builder.add(mapping->bytes());
  return builder.finish();
}

class FilledSize : public testing::TestWithParam<std::uint64_t> {};

TEST_P(FilledSize, HoldsWhatTheOracleExpects) {
  for (const PagePattern pattern : {PagePattern::zero, PagePattern::random, PagePattern::records}) {
    const Layout layout{GetParam(), 1, 5, {}};
    const auto fd = create_memfd(request_of(layout, pattern));
    ASSERT_TRUE(fd);
    EXPECT_EQ(*memfd_size(fd->get(), "test"), GetParam());
    EXPECT_EQ(tree_of(fd->get(), GetParam()),
              expected_tree(layout, pattern, {77, 88}, kRangeBytes, HashKind::scalar, false));
  }
}

INSTANTIATE_TEST_SUITE_P(Bytes, FilledSize, testing::Values(0, 1, 4095, 4096, (2 << 20) + 1));

TEST(Memfd, LeavesHolesUnallocated) {
  const auto fd = create_memfd(request_of({70 * kPageBytes, 3, 7, {}}));
  ASSERT_TRUE(fd);
  EXPECT_EQ(stat_memfd(fd->get(), "test")->blocks, 40 * kPageBytes / 512);
}

TEST(Memfd, AllocatesFallocatedStretchesThatReadAsZero) {
  const Layout layout{
      8 * kPageBytes + 1, 0, 0, {{2 * kPageBytes, 2 * kPageBytes}, {8 * kPageBytes, kPageBytes}}};
  const auto fd = create_memfd(request_of(layout));
  ASSERT_TRUE(fd);
  const auto stat = stat_memfd(fd->get(), "test");
  EXPECT_EQ(stat->size_bytes, layout.size_bytes);
  EXPECT_EQ(stat->blocks, 9 * kPageBytes / 512);
  EXPECT_EQ(
      tree_of(fd->get(), layout.size_bytes),
      expected_tree(layout, PagePattern::random, {77, 88}, kRangeBytes, HashKind::scalar, false));
}

TEST(Memfd, OfTwoTebibytesOfHolesTakesNoMemory) {
  const auto fd = create_memfd(request_of({std::uint64_t{2} << 40, 1, 1, {}}));
  ASSERT_TRUE(fd);
  EXPECT_EQ(stat_memfd(fd->get(), "test")->blocks, 0u);
}

TEST(Memfd, LargerThanMemoryIsRefusedBeforeItIsFilled) {
  const auto fd = create_memfd(request_of({std::uint64_t{1} << 50, 0, 0, {}}));
  ASSERT_FALSE(fd);
  EXPECT_EQ(fd.failure().error, ENOMEM);
  EXPECT_THAT(fd.failure().detail, HasSubstr("test/memfd needs"));
}

TEST(Memfd, TellsItsSealsPositionAndFlags) {
  const auto fd = create_memfd(request_of({4096, 0, 0, {}}));
  ASSERT_TRUE(fd);
  ASSERT_TRUE(seal_memfd(fd->get(), {"grow", "shrink"}, "test"));
  ASSERT_TRUE(seek_memfd(fd->get(), 4097, "test"));
  const auto stat = stat_memfd(fd->get(), "test");
  EXPECT_THAT(stat->seals, testing::UnorderedElementsAre("grow", "shrink"));
  EXPECT_EQ(stat->position_bytes, 4097u);
  EXPECT_THAT(stat->flags, testing::AllOf(Contains("O_RDWR"), Contains("FD_CLOEXEC")));
}

TEST(Memfd, RefusesASealThatThereIsNot) {
  const auto fd = create_memfd(request_of({0, 0, 0, {}}));
  const Done sealed = seal_memfd(fd->get(), {"grow", "shut"}, "test");
  ASSERT_FALSE(sealed);
  EXPECT_THAT(sealed.failure().detail, HasSubstr("\"shut\""));
  EXPECT_THAT(stat_memfd(fd->get(), "test")->seals, testing::IsEmpty());
}

TEST(Memfd, TellsTheErrnoOfAWriteThatASealForbids) {
  const auto fd = create_memfd(request_of({4096, 0, 0, {}}));
  ASSERT_TRUE(seal_memfd(fd->get(), {"write"}, "test"));
  const Done written = write_memfd(fd->get(), 0, "x", "test");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.failure().error, EPERM);
  EXPECT_EQ(written.failure().call, "pwrite");
}

TEST(Memfd, ShowsAWriteInItsDigest) {
  const auto fd = create_memfd(request_of({8192, 0, 0, {}}));
  const DigestTree before = tree_of(fd->get(), 8192);
  ASSERT_TRUE(write_memfd(fd->get(), 5000, "x", "test"));
  EXPECT_NE(tree_of(fd->get(), 8192), before);
}

TEST(Mapping, StartsOnAHugePageBoundary) {
  const auto fd = create_memfd(request_of({3 << 20, 0, 0, {}}));
  const auto mapping = Mapping::of(fd->get(), 3 << 20, Mapping::Access::read, "test");
  ASSERT_TRUE(mapping);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(mapping->bytes().data()) % (2 << 20), 0u);
}

TEST(Mapping, OfNothingIsEmpty) {
  const auto mapping = Mapping::of(-1, 0, Mapping::Access::read, "test");
  ASSERT_TRUE(mapping);
  EXPECT_TRUE(mapping->bytes().empty());
}

TEST(Mapping, OfABadDescriptorNamesTheCall) {
  const auto mapping = Mapping::of(-1, 4096, Mapping::Access::read, "test");
  ASSERT_FALSE(mapping);
  EXPECT_EQ(mapping.failure().call, "mmap");
  EXPECT_EQ(mapping.failure().error, EBADF);
}

}  // namespace
}  // namespace luolab
