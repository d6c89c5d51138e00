// SPDX-License-Identifier: Apache-2.0
#include "core/http/target.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace luolab {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

TEST(Target, PathAndQueryAreDecoded) {
  const auto target = parse_target("/api/v1/jobs%20x/?q=a+b%26c&empty=&flag&&q=2");
  ASSERT_TRUE(target) << target.error().why;
  EXPECT_THAT(target->path, ElementsAre("api", "v1", "jobs x", ""));
  EXPECT_THAT(target->query,
              ElementsAre(Pair("empty", ""), Pair("flag", ""), Pair("q", "a b&c"), Pair("q", "2")));
}

TEST(Target, TheRootHasNoSegments) {
  EXPECT_THAT(parse_target("/")->path, IsEmpty());
  EXPECT_THAT(parse_target("/?a=b")->path, IsEmpty());
  EXPECT_THAT(parse_target("//a")->path, ElementsAre("", "a"));
  EXPECT_THAT(parse_target("/a+b")->path, ElementsAre("a+b"));
}

TEST(Target, HostileTargetsAreRefused) {
  for (const char* text :
       {"",          "*",        "http://host/x", "host:443",  "a/b",   "/a%2fb", "/a%2Fb",
        "/a/../b",   "/..",      "/a/.",          "/%2e%2e/x", "/.%2E", "/%2e",   "/a%00",
        "/a%0d%0ab", "/a%7f",    "/a%",           "/a%2",      "/a%zz", "/a#b",   "/a?b=%zz",
        "/a?%=b",    "/a?b=%00", "/a\tb",         "/a%+1"}) {
    const auto target = parse_target(text);
    ASSERT_FALSE(target) << text;
    EXPECT_EQ(target.error().status, 400) << text;
  }
}

TEST(Target, DotsWithinASegmentAreFine) {
  EXPECT_THAT(parse_target("/..a/b../.hidden/...")->path,
              ElementsAre("..a", "b..", ".hidden", "..."));
}

TEST(Target, LengthAndParametersAreLimited) {
  EXPECT_EQ(parse_target("/" + std::string(9000, 'x')).error().status, 414);
  std::string many = "/?";
  for (int i = 0; i < 257; ++i) many += "a&";
  EXPECT_EQ(parse_target(many).error().status, 400);
}

TEST(Target, EncodingAndDecodingAreInverse) {
  const std::string text = "a b/c?d=%&\xc3\xa4~";
  EXPECT_EQ(percent_encoded(text), "a%20b%2Fc%3Fd%3D%25%26%C3%A4~");
  EXPECT_EQ(percent_decoded(percent_encoded(text), true), text);
}

}  // namespace
}  // namespace luolab
