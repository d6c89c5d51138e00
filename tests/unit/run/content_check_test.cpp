// SPDX-License-Identifier: Apache-2.0
#include "worker/run/content_check.h"

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fakes/fake_machine.h"

namespace luolab {
namespace {

using testing::HasSubstr;
namespace json = boost::json;

json::object right_digest(const MemfdPlan& memfd) {
  json::array ranges;
  for (const Digest128& range : memfd.expected.ranges) ranges.push_back(json::string(hex(range)));
  return {{"digest", hex(memfd.expected.whole)},
          {"ranges", ranges},
          {"sha256", memfd.expected.sha256},
          {"bad_marks", json::object{{"count", 0}, {"first", json::array()}}}};
}

class ContentCheck : public testing::Test {
 protected:
  const RunPlan plan_ = example_plan();
  const MemfdPlan& memfd_ = plan_.memfds[0];  // 160 KiB + 1 in ranges of 64 KiB, with SHA-256
  json::object digest_ = right_digest(memfd_);

  ContentFinding compare() const {
    return compare_content(0, memfd_, memfd_.expected, plan_.job.range_bytes, digest_);
  }
};

TEST_F(ContentCheck, TheRightDigestsAreIdentical) { EXPECT_EQ(compare().difference, ""); }

TEST_F(ContentCheck, EveryRangeAndTheWholeAreRecorded) {
  const auto checksums = compare().checksums;
  ASSERT_EQ(checksums.size(), 5U);  // whole, three ranges, SHA-256
  EXPECT_EQ(checksums[0].algorithm, "xxh3-128-tree");
  EXPECT_EQ(checksums[3].offset_bytes, 128U << 10);
  EXPECT_EQ(checksums[3].length_bytes, (32U << 10) + 1);
  EXPECT_EQ(checksums[4].algorithm, "sha256");
}

TEST_F(ContentCheck, AWrongRangeIsNamedByItsBytes) {
  digest_["ranges"].as_array()[1] = "0123";
  EXPECT_THAT(compare().difference, HasSubstr("bytes 65536..131072 is 0123"));
}

TEST_F(ContentCheck, AMissingDigestIsADifference) {
  digest_.erase("digest");
  EXPECT_THAT(compare().difference, HasSubstr("is missing"));
}

TEST_F(ContentCheck, TooFewRangesAreADifference) {
  digest_["ranges"].as_array().pop_back();
  EXPECT_NE(compare().difference, "");
}

TEST_F(ContentCheck, AMissingSha256IsADifferenceWhereItWasAskedFor) {
  digest_.erase("sha256");
  EXPECT_NE(compare().difference, "");
}

TEST_F(ContentCheck, MarksThatWereNotCheckedAreADifference) {
  digest_.erase("bad_marks");
  EXPECT_THAT(compare().difference, HasSubstr("no position marks"));
}

TEST_F(ContentCheck, AnEmptyAnswerIsADifference) {
  digest_ = {};
  EXPECT_NE(compare().difference, "");
}

TEST(Properties, NamesEachThatDiffers) {
  const RunPlan plan = example_plan();
  const MemfdPlan& memfd = plan.memfds[1];
  EXPECT_TRUE(
      compare_properties(memfd, {{"size", 8192}, {"position", 4097}, {"seals", {"shrink", "grow"}}})
          .empty());
  const auto differences = compare_properties(
      memfd, {{"size", 8191}, {"position", 0}, {"seals", json::array{"grow", "write"}}});
  ASSERT_EQ(differences.size(), 3U);
  EXPECT_EQ(differences[0].second, "is 8191, was 8192");
  EXPECT_EQ(differences[2].second, "are [grow, write], were [grow, shrink]");
}

}  // namespace
}  // namespace luolab
