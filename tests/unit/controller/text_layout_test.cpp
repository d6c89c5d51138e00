// SPDX-License-Identifier: Apache-2.0
#include "controller/results/text_layout.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace luolab {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Layout, PadsByCharactersNotBytes) {
  EXPECT_EQ(pad("\xc3\xa4", 3), "\xc3\xa4  ");
  EXPECT_EQ(pad("long", 2), "long");
}

TEST(Layout, ShortensInTheMiddle) {
  EXPECT_EQ(shorten("memfd-under-load#3", 18), "memfd-under-load#3");
  EXPECT_EQ(shorten("memfd-under-load#3", 9),
            "memf\xe2\x80\xa6"
            "ad#3");
  EXPECT_EQ(shorten("abc", 1), "\xe2\x80\xa6");
  EXPECT_EQ(shorten("abc", 0), "");
}

TEST(Layout, WrapsBetweenWords) {
  EXPECT_THAT(wrap("one two  three", 7, 9), ElementsAre("one two", "three"));
  EXPECT_THAT(wrap("", 7, 9), IsEmpty());
}

TEST(Layout, BreaksAWordThatIsTooLong) {
  EXPECT_THAT(wrap("abcdefg", 3, 9), ElementsAre("abc", "def", "g"));
  EXPECT_THAT(wrap("\xc3\xa4\xc3\xa4\xc3\xa4", 2, 9), ElementsAre("\xc3\xa4\xc3\xa4", "\xc3\xa4"));
}

TEST(Layout, EndsInAnEllipsisWhereLinesRunOut) {
  EXPECT_THAT(wrap("one two three four", 5, 2), ElementsAre("one", "two\xe2\x80\xa6"));
  EXPECT_THAT(wrap("abcdefgh", 3, 2), ElementsAre("abc", "de\xe2\x80\xa6"));
}

}  // namespace
}  // namespace luolab
