// SPDX-License-Identifier: Apache-2.0
#include "core/http/byte_range.h"

#include <gtest/gtest.h>

namespace luolab {

bool operator==(const ByteRange& a, const ByteRange& b) {
  return a.kind == b.kind && a.offset == b.offset && a.length == b.length;
}

namespace {

using Kind = ByteRange::Kind;

constexpr std::uint64_t kSize = 1000;

TEST(ByteRange, OneRangeIsAStretchOfTheContent) {
  const std::pair<const char*, ByteRange> table[] = {
      {"bytes=0-99", {Kind::part, 0, 100}}, {"bytes=0-0", {Kind::part, 0, 1}},
      {"bytes=999-", {Kind::part, 999, 1}}, {"bytes=500-", {Kind::part, 500, 500}},
      {"bytes=-1", {Kind::part, 999, 1}},   {"BYTES = 1-2", {Kind::whole, 0, kSize}},
      {"Bytes=1-2", {Kind::part, 1, 2}},
  };
  for (const auto& [text, expected] : table)
    EXPECT_TRUE(parse_byte_range(text, kSize) == expected) << text;
}

TEST(ByteRange, AnEndBehindTheContentIsItsEnd) {
  EXPECT_TRUE(parse_byte_range("bytes=900-5000", kSize) == (ByteRange{Kind::part, 900, 100}));
  EXPECT_TRUE(parse_byte_range("bytes=-5000", kSize) == (ByteRange{Kind::part, 0, kSize}));
  EXPECT_TRUE(parse_byte_range("bytes=0-99999999999999999999999", kSize) ==
              (ByteRange{Kind::part, 0, kSize}));
}

TEST(ByteRange, NothingToSendIsUnsatisfiable) {
  for (const char* text :
       {"bytes=1000-", "bytes=5000-6000", "bytes=-0", "bytes=99999999999999999999999-"}) {
    EXPECT_EQ(parse_byte_range(text, kSize).kind, Kind::unsatisfiable) << text;
  }
  EXPECT_EQ(parse_byte_range("bytes=0-", 0).kind, Kind::unsatisfiable);
}

TEST(ByteRange, WhatIsMalformedOrSeveralIsAnsweredWhole) {
  for (const char* text : {"", "bytes", "bytes=", "bytes=-", "bytes=5-4", "bytes=a-b", "bytes=1-2x",
                           "bytes=0-1,5-6", "lines=0-1", "bytes=+1-2", "bytes=1--2"}) {
    EXPECT_TRUE(parse_byte_range(text, kSize) == (ByteRange{Kind::whole, 0, kSize})) << text;
  }
}

}  // namespace
}  // namespace luolab
