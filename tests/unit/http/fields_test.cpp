// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "core/http/message.h"

namespace luolab {
namespace {

TEST(HttpFields, NamesCompareWithoutCase) {
  HttpFields fields;
  fields.add("Content-Type", "text/plain");
  EXPECT_EQ(fields.get("content-TYPE"), "text/plain");
  EXPECT_TRUE(fields.has("CONTENT-TYPE"));
  EXPECT_FALSE(fields.has("Content"));
  EXPECT_EQ(fields.get("Content"), "");
}

TEST(HttpFields, SeveralValuesOfANameAreJoinedInTheirOrder) {
  HttpFields fields;
  fields.add("Accept", "a");
  fields.add("Other", "x");
  fields.add("accept", "b");
  EXPECT_EQ(fields.get("Accept"), "a, b");
  EXPECT_EQ(fields.count("Accept"), 2u);
  EXPECT_EQ(fields.all().size(), 3u);
}

}  // namespace
}  // namespace luolab
