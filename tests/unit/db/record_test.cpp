// SPDX-License-Identifier: Apache-2.0
#include "db/record.h"

#include <gtest/gtest.h>

#include "db/digest_column.h"

namespace luolab {
namespace {

TEST(Ids, OfRunsAreNumbersAndOfJobsBearAJ) {
  EXPECT_EQ(id_text(RunId{12}), "12");
  EXPECT_EQ(id_text(JobId{34}), "j34");
  EXPECT_EQ(parse_run_id("12"), RunId{12});
  EXPECT_EQ(parse_run_id("r12"), RunId{12});
  EXPECT_EQ(parse_job_id("j34"), JobId{34});
}

TEST(Ids, AreRefusedWhereTheyAreOfTheOtherKindOrNone) {
  for (const char* text :
       {"", "r", "j34", "0", "-1", "12x", " 12", "1e3", "99999999999999999999"}) {
    EXPECT_EQ(parse_run_id(text), std::nullopt) << text;
  }
  for (const char* text : {"", "j", "34", "r34", "j0", "j-1", "jj1", "j1 "}) {
    EXPECT_EQ(parse_job_id(text), std::nullopt) << text;
  }
}

TEST(Times, AreWrittenInUtc) {
  EXPECT_EQ(time_text(TimePoint{std::chrono::seconds{1'770'000'000}}), "2026-02-02T02:40:00Z");
  EXPECT_EQ(time_text(TimePoint{std::chrono::nanoseconds{999'999'999}}), "1970-01-01T00:00:00Z");
}

TEST(Digests, AreKeptInHalfTheSizeAndGivenBack) {
  const DigestValue value = digest_value("00ff7a");
  const auto& bytes = std::get<std::vector<std::uint8_t>>(value);
  EXPECT_EQ(bytes, (std::vector<std::uint8_t>{0x00, 0xff, 0x7a}));
  EXPECT_EQ(digest_text(std::string(bytes.begin(), bytes.end())), "00ff7a");
}

TEST(Digests, ThatAreNoLowerCaseHexadecimalStayText) {
  for (const char* text : {"", "abc", "00FF", "xyz0", "00 ff"}) {
    EXPECT_EQ(std::get<std::string>(digest_value(text)), text);
  }
}

}  // namespace
}  // namespace luolab
