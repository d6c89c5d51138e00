// SPDX-License-Identifier: Apache-2.0
#include "controller/results/safe_text.h"

#include <gtest/gtest.h>

namespace luolab {
namespace {

constexpr const char* kBad = "\xef\xbf\xbd";

TEST(SafeText, KeepsValidUtf8) {
  const std::string text = "a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\xf4\x8f\xbf\xbf";
  EXPECT_EQ(valid_utf8(text), text);
  EXPECT_EQ(text_width(text), 5U);
}

TEST(SafeText, ReplacesBytesThatAreNoUtf8) {
  for (const std::string text : {"\x80", "\xff", "\xc0", "\xc3", "\xf5"}) {
    EXPECT_EQ(valid_utf8(text), kBad);
  }
  EXPECT_EQ(valid_utf8("a\xe2\x82z"), std::string("a") + kBad + kBad + "z");
}

TEST(SafeText, RefusesOverlongFormsSurrogatesAndTooLargePoints) {
  for (const std::string text :
       {"\xc0\xaf", "\xe0\x80\xaf", "\xed\xa0\x80", "\xf0\x80\x80\xaf", "\xf4\x90\x80\x80"}) {
    EXPECT_EQ(valid_utf8(text).find(kBad), 0U);
    EXPECT_EQ(valid_utf8(text).size(), 3 * text.size());
  }
}

TEST(SafeText, DropsWhatMovesATerminalsCursor) {
  EXPECT_EQ(printable_block("a\x1b[31mred\x1b[0m\x1b[2Jb"), "aredb");
  EXPECT_EQ(printable_block("x\x1b"), "x");
  EXPECT_EQ(printable_block("x\x1b[12"), "x");
  EXPECT_EQ(printable_block("\x9b"
                            "31m")
                .find('\x9b'),
            std::string::npos);
  EXPECT_EQ(printable_block("a\xc2\x9b"
                            "b"),
            "a b");
}

TEST(SafeText, KeepsLinesAndTabsInABlock) { EXPECT_EQ(printable_block("a\r\n\tb\x07"), "a\n\tb "); }

TEST(SafeText, MakesOneLine) {
  EXPECT_EQ(one_line("  first\nsecond\t\x01third \n"), "first second  third");
  EXPECT_EQ(one_line("\n \t"), "");
  EXPECT_EQ(one_line(std::string("a\0b", 3)), "a b");
}

TEST(SafeText, EscapesXml) {
  EXPECT_EQ(xml_text("<a href='x'>\"&\x01"), "&lt;a href=&apos;x&apos;&gt;&quot;&amp; ");
}

TEST(SafeText, ReplacesPointsThatXmlForbids) {
  EXPECT_EQ(xml_text("a\xef\xbf\xbe"
                     "b\xef\xbf\xbf"
                     "c"),
            std::string("a") + kBad + "b" + kBad + "c");
}

}  // namespace
}  // namespace luolab
