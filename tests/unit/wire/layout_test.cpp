// SPDX-License-Identifier: Apache-2.0
#include "core/wire/layout.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace luolab {
namespace {

using testing::HasSubstr;

TEST(Layout, CountsAPartialPageAsAPage) {
  EXPECT_EQ((Layout{0, 0, 0, {}}.page_count()), 0u);
  EXPECT_EQ((Layout{1, 0, 0, {}}.page_count()), 1u);
  EXPECT_EQ((Layout{4096, 0, 0, {}}.page_count()), 1u);
  EXPECT_EQ((Layout{(2u << 20) + 1, 0, 0, {}}.page_count()), 513u);
}

TEST(Layout, GivesTheLastPageItsRest) {
  const Layout layout{(2u << 20) + 1, 0, 0, {}};
  EXPECT_EQ(layout.page_length(511), kPageBytes);
  EXPECT_EQ(layout.page_length(512), 1u);
}

TEST(Layout, PutsHolesAtTheStartOfEachPeriod) {
  const Layout layout{21 * kPageBytes, 2, 7, {}};
  for (std::uint64_t page = 0; page < 21; ++page) {
    EXPECT_EQ(layout.kind(page), page % 7 < 2 ? PageKind::hole : PageKind::data) << page;
  }
}

TEST(Layout, LetsFallocatedPagesWinOverHoles) {
  const Layout layout{14 * kPageBytes, 1, 7, {{7 * kPageBytes, 2 * kPageBytes}}};
  EXPECT_EQ(layout.kind(0), PageKind::hole);
  EXPECT_EQ(layout.kind(7), PageKind::fallocated);
  EXPECT_EQ(layout.kind(8), PageKind::fallocated);
  EXPECT_EQ(layout.kind(9), PageKind::data);
}

TEST(Layout, MakesRunsThatAgreeWithEveryPage) {
  const Layout layouts[] = {
      {100 * kPageBytes + 5, 0, 0, {}},
      {100 * kPageBytes, 3, 7, {}},
      {100 * kPageBytes, 7, 7, {}},
      {100 * kPageBytes,
       1,
       7,
       {{0, 4096}, {10 * kPageBytes, 30 * kPageBytes}, {90 * kPageBytes, 10 * kPageBytes}}},
      {50 * kPageBytes + 1, 0, 0, {{40 * kPageBytes, 11 * kPageBytes}, {8192, 4096}}},
  };
  for (const Layout& layout : layouts) {
    std::uint64_t page = 0;
    while (page < layout.page_count()) {
      const PageRun run = layout.run_at(page);
      ASSERT_EQ(run.first_page, page);
      ASSERT_GT(run.page_count, 0u);
      for (std::uint64_t i = 0; i < run.page_count; ++i)
        ASSERT_EQ(layout.kind(page + i), run.kind) << page + i;
      page += run.page_count;
    }
    EXPECT_EQ(page, layout.page_count());
  }
}

TEST(Layout, IsOneRunWithoutHoles) {
  EXPECT_EQ((Layout{std::uint64_t{3} << 30, 0, 0, {}}.run_at(0).page_count), 786432u);
}

TEST(Layout, IsRefusedWithMoreHolesThanPages) {
  const auto problem = layout_problem({4096, 8, 7, {}});
  ASSERT_TRUE(problem);
  EXPECT_THAT(*problem, HasSubstr("hole_pages: 8"));
}

TEST(Layout, IsRefusedWithHolesAndNoPeriod) { EXPECT_TRUE(layout_problem({4096, 1, 0, {}})); }

TEST(Layout, IsRefusedWithUnalignedFallocatedStretches) {
  EXPECT_THAT(*layout_problem({1 << 20, 0, 0, {{5, 4096}}}), HasSubstr("offset: 5"));
  EXPECT_THAT(*layout_problem({1 << 20, 0, 0, {{0, 4097}}}), HasSubstr("length: 4097"));
  EXPECT_THAT(*layout_problem({1 << 20, 0, 0, {{0, 0}}}), HasSubstr("length: 0"));
}

TEST(Layout, IsRefusedWhereAStretchReachesPastTheEnd) {
  EXPECT_TRUE(layout_problem({8192, 0, 0, {{4096, 8192}}}));
  EXPECT_TRUE(layout_problem({8192, 0, 0, {{~std::uint64_t{4095}, 4096}}}));
  EXPECT_FALSE(layout_problem({4097, 0, 0, {{4096, 4096}}}));
}

TEST(Layout, IsRefusedWhereAFileCannotBeThatLarge) {
  EXPECT_TRUE(layout_problem({~std::uint64_t{0}, 0, 0, {}}));
  EXPECT_FALSE(layout_problem({std::uint64_t{2} << 40, 1, 1, {}}));
}

}  // namespace
}  // namespace luolab
