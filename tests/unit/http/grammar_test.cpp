// SPDX-License-Identifier: Apache-2.0
#include "core/http/grammar.h"

#include <gtest/gtest.h>

namespace luolab {
namespace {

TEST(Grammar, ATokenHasNoDelimiters) {
  for (const char* token : {"GET", "x-y_z", "!#$%&'*+-.^_`|~", "9"}) EXPECT_TRUE(is_token(token));
  for (const char* other : {"", "a b", "a:b", "a\t", "a\x7f", "\xc3\xa4", "a/b", "(a)"})
    EXPECT_FALSE(is_token(other)) << other;
}

TEST(Grammar, ControlCharactersAreNoContentOfAField) {
  EXPECT_TRUE(is_field_content("a\tb \xc3\xa4"));
  for (const char c : {'\0', '\r', '\n', '\x1b', '\x7f'})
    EXPECT_FALSE(is_field_content(std::string("a") + c)) << int{c};
}

TEST(Grammar, ItemsAreTakenOneByOneWithoutTheirBlanks) {
  std::string_view list = " a ,,\tb";
  EXPECT_EQ(take_item(list, ','), "a");
  EXPECT_EQ(take_item(list, ','), "");
  EXPECT_EQ(take_item(list, ','), "b");
  EXPECT_TRUE(list.empty());
}

TEST(Grammar, SmallLettersConcernAsciiOnly) { EXPECT_EQ(small_letters("AbC-\xc4"), "abc-\xc4"); }

}  // namespace
}  // namespace luolab
