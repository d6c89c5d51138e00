// SPDX-License-Identifier: Apache-2.0
#include "agent/arguments.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace luolab {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(Arguments, ReadsWhatIsThere) {
  const Json request{
      {"memfd", "a/b"}, {"size", 4097}, {"thp", true}, {"seals", {"grow", "shrink"}}};
  Arguments arguments(request);
  EXPECT_EQ(arguments.text("memfd"), "a/b");
  EXPECT_EQ(arguments.number("size"), 4097u);
  EXPECT_TRUE(arguments.flag("thp"));
  EXPECT_THAT(arguments.texts("seals"), ElementsAre("grow", "shrink"));
  EXPECT_FALSE(arguments.problem());
}

TEST(Arguments, ReadsTheLargestToken) {
  const Json request = Json::parse(R"({"token":18446744073709551615})");
  Arguments arguments(request);
  EXPECT_EQ(arguments.number("token"), ~std::uint64_t{0});
  EXPECT_FALSE(arguments.problem());
}

TEST(Arguments, RefusesNumbersThatAreNot64BitsUnsigned) {
  for (const char* const text : {"-1", "1.5", "18446744073709551616", "\"7\"", "null", "[]"}) {
    const Json request = Json::parse(std::string(R"({"size":)") + text + "}");
    Arguments arguments(request);
    EXPECT_EQ(arguments.number("size"), 0u) << text;
    ASSERT_TRUE(arguments.problem()) << text;
    EXPECT_THAT(arguments.problem()->detail, HasSubstr("size: must be a whole number")) << text;
  }
}

TEST(Arguments, NamesTheFirstMissingMember) {
  const Json request = Json::object();
  Arguments arguments(request);
  arguments.text("session");
  arguments.number("token");
  ASSERT_TRUE(arguments.problem());
  EXPECT_EQ(arguments.problem()->detail, "session: is missing");
}

TEST(Arguments, RefusesMembersOfTheWrongType) {
  const Json request{{"session", 7}, {"thp", "yes"}, {"seals", {1}}, {"files", "kernel"}};
  Arguments session(request);
  session.text("session");
  EXPECT_THAT(session.problem()->detail, HasSubstr("must be a string, is 7"));
  Arguments thp(request);
  thp.flag("thp");
  EXPECT_THAT(thp.problem()->detail, HasSubstr("true or false"));
  Arguments seals(request);
  seals.texts("seals");
  EXPECT_THAT(seals.problem()->detail, HasSubstr("strings only"));
  Arguments files(request);
  files.texts("files");
  EXPECT_THAT(files.problem()->detail, HasSubstr("array of strings"));
}

TEST(Arguments, TakesNoLayoutForAllData) {
  const Json request = Json::object();
  Arguments arguments(request);
  const Layout layout = arguments.layout(8192);
  EXPECT_EQ(layout.size_bytes, 8192u);
  EXPECT_EQ(layout.kind(0), PageKind::data);
  EXPECT_FALSE(arguments.problem());
}

TEST(Arguments, ReadsALayout) {
  const Json request = Json::parse(
      R"({"layout":{"hole_pages":1,"hole_period":7,"fallocated":[{"offset":4096,"length":8192}]}})");
  Arguments arguments(request);
  const Layout layout = arguments.layout(1 << 20);
  EXPECT_EQ(layout.hole_pages, 1u);
  EXPECT_EQ(layout.hole_period, 7u);
  EXPECT_THAT(layout.fallocated, ElementsAre(Extent{4096, 8192}));
  EXPECT_FALSE(arguments.problem());
}

TEST(Arguments, NamesThePlaceInALayoutThatIsWrong) {
  const char* const wrong[] = {
      R"({"layout":[]})",
      R"({"layout":{"hole_pages":-1,"hole_period":7}})",
      R"({"layout":{"hole_pages":4294967297,"hole_period":4294967297}})",
      R"({"layout":{"fallocated":{}}})",
      R"({"layout":{"fallocated":[{"offset":1,"length":4096}]}})",
      R"({"layout":{"fallocated":[{"offset":4096}]}})",
      R"({"layout":{"fallocated":[7]}})",
  };
  for (const char* const text : wrong) {
    const Json request = Json::parse(text);
    Arguments arguments(request);
    arguments.layout(1 << 20);
    ASSERT_TRUE(arguments.problem()) << text;
    EXPECT_THAT(arguments.problem()->detail, HasSubstr("layout")) << text;
  }
}

TEST(Arguments, NamesThePatternsThatThereAre) {
  const Json request{{"pattern", "rnadom"}};
  Arguments arguments(request);
  EXPECT_EQ(arguments.pattern(), std::nullopt);
  EXPECT_THAT(arguments.problem()->detail, HasSubstr("zero, random, records"));
}

}  // namespace
}  // namespace luolab
