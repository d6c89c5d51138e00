// SPDX-License-Identifier: Apache-2.0
#include "scenarios/yaml_parser.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scenarios/document_text.h"
#include "scenarios/loader.h"

namespace luolab {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string repeated(std::string_view text, std::size_t bytes) {
  std::string all;
  while (all.size() < bytes) all += text;
  return all;
}

std::string problem_of(std::string_view text) {
  return to_string(parse_yaml(text, "x.yaml").problems);
}

std::string refusal_of(std::string_view text) {
  const auto refusal = refusal_of_text(text, "x.yaml");
  return refusal ? to_string(*refusal) : "";
}

TEST(YamlParser, KeepsThePlaceOfEveryValue) {
  const YamlStream stream = parse_yaml("a:\n  - x\n  - {b: 'y'}\n", "x.yaml");
  ASSERT_EQ(stream.documents.size(), 1U);
  const YamlNode& list = *stream.documents[0].find("a");
  EXPECT_EQ(list.items[0].line, 2U);
  EXPECT_EQ(list.items[0].column, 5U);
  const YamlNode& quoted = *list.items[1].find("b");
  EXPECT_EQ(quoted.line, 3U);
  EXPECT_EQ(quoted.column, 9U);
  EXPECT_EQ(quoted.style, ScalarStyle::quoted);
  EXPECT_EQ(list.items[0].style, ScalarStyle::plain);
}

TEST(YamlParser, ReadsEveryDocumentOfAStream) {
  EXPECT_EQ(parse_yaml("a: 1\n---\nb: 2\n---\nc: 3\n", "x.yaml").documents.size(), 3U);
}

TEST(YamlParser, KeepsTheDocumentsBeforeASyntaxError) {
  const YamlStream stream = parse_yaml("a: 1\n---\nb: [\n", "x.yaml");
  EXPECT_EQ(stream.documents.size(), 1U);
  EXPECT_THAT(to_string(stream.problems), StartsWith("x.yaml:4:1: not YAML: "));
}

TEST(YamlParser, SaysThatParametersNeedQuotesInFlowMaps) {
  EXPECT_THAT(problem_of("a: {b: ${c}}\n"), HasSubstr("\"${...}\" stands in quotes"));
  EXPECT_EQ(problem_of("a: {b: \"${c}\"}\nd: ${e}\n"), "");
}

TEST(YamlParser, PlacesNothingAtItsKey) {
  const YamlStream stream = parse_yaml("a: 1\nb:\nc: 2\n", "x.yaml");
  ASSERT_EQ(stream.documents.size(), 1U);
  EXPECT_EQ(stream.documents[0].find("b")->line, 2U);
  EXPECT_EQ(stream.documents[0].find("b")->column, 1U);
}

TEST(YamlParser, PutsACopyInPlaceOfAnAlias) {
  const YamlStream stream = parse_yaml("a: &m {size: 1}\nb: *m\n", "x.yaml");
  ASSERT_EQ(stream.documents.size(), 1U);
  EXPECT_EQ(stream.documents[0].find("b")->find("size")->text, "1");
}

TEST(YamlParser, RefusesAnAliasBomb) {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 20; ++i) {
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int j = 0; j < 10; ++j) bomb += "*a" + std::to_string(i - 1) + (j < 9 ? ", " : "]\n");
  }
  EXPECT_THAT(problem_of(bomb), HasSubstr("over 100000 values"));
}

TEST(YamlParser, RefusesABombOfLongTexts) {
  std::string bomb = "a: &a " + repeated("x", 4000) + "\nb:\n";
  for (int i = 0; i < 2000; ++i) bomb += " - *a\n";
  EXPECT_THAT(problem_of(bomb), HasSubstr("4 MiB of text"));
}

TEST(YamlParser, RefusesAnAliasToWhatContainsIt) {
  EXPECT_THAT(problem_of("a: &a [1, *a]\n"), HasSubstr("the alias stands inside of what it names"));
}

TEST(YamlParser, RefusesAnAliasThatNamesNothing) {
  EXPECT_THAT(problem_of("a: *nowhere\n"), StartsWith("x.yaml:1:4: not YAML: "));
}

TEST(YamlParser, RefusesDeepNestingInEveryForm) {
  for (const std::string_view opening : {"[", "{", "- ", "? ", "[a: [", "[\n", "{a: "}) {
    EXPECT_THAT(problem_of(repeated(opening, 100'000)), HasSubstr("nested over 64 deep"))
        << opening;
  }
}

TEST(YamlParser, TakesTheDeepestNestingThatIsAllowed) {
  EXPECT_EQ(problem_of(std::string(64, '[') + "x" + std::string(64, ']')), "");
  EXPECT_THAT(problem_of(std::string(65, '[') + "x" + std::string(65, ']')), HasSubstr("over 64"));
}

TEST(YamlParser, RefusesNestingMadeDeepByAliases) {
  std::string text = "a0: &a0 " + std::string(30, '[') + std::string(30, ']') + "\n";
  text += "b: " + std::string(40, '[') + "*a0" + std::string(40, ']') + "\n";
  EXPECT_THAT(problem_of(text), HasSubstr("nested too deep by this alias"));
}

TEST(YamlParser, EndsAtACharacterThatStartsNoValue) {
  EXPECT_THAT(problem_of(","), HasSubstr("no value can start here"));
  EXPECT_THAT(problem_of("a: 1\n---\n,\n"), HasSubstr("no value can start here"));
}

TEST(YamlParser, RefusesAThousandAndOneDocuments) {
  EXPECT_THAT(problem_of(repeated("--- a\n", 6 * 1001)), HasSubstr("over 1000 documents"));
}

TEST(YamlParser, RefusesAVeryLongValue) {
  EXPECT_THAT(problem_of("a: " + repeated("x", 5000)), HasSubstr("a value of 5000 bytes"));
}

TEST(DocumentText, TakesAMebibyteAndNotAByteMore) {
  EXPECT_EQ(refusal_of(std::string(kLargestDocumentBytes, ' ')), "");
  EXPECT_EQ(refusal_of(std::string(kLargestDocumentBytes + 1, ' ')),
            "x.yaml: 1.0 MiB is over the limit of 1 MiB for scenarios (split the file)");
}

TEST(DocumentText, RefusesTenMegabytesWithoutReadingThem) {
  EXPECT_THAT(refusal_of(std::string(10'000'000, '\0')), HasSubstr("over the limit of 1 MiB"));
}

TEST(DocumentText, NamesTheOffsetOfANulByte) {
  EXPECT_THAT(refusal_of(std::string_view("a: b\nc: \0\n", 10)),
              AllOf(StartsWith("x.yaml:2:4: "), HasSubstr("byte 0x00 at offset 8")));
}

TEST(DocumentText, NamesTheOffsetOfWhatIsNotUtf8) {
  EXPECT_THAT(refusal_of("a: \xff\xfe"), HasSubstr("byte 0xff at offset 3 is not UTF-8"));
  EXPECT_THAT(refusal_of("a: \xc3"), HasSubstr("byte 0xc3 at offset 3 is not UTF-8"));
  EXPECT_THAT(refusal_of("a: \xc0\x80"), HasSubstr("is not UTF-8"));
  EXPECT_THAT(refusal_of("a: \xed\xa0\x80"), HasSubstr("is not UTF-8"));
}

TEST(DocumentText, TakesUtf8) {
  EXPECT_EQ(refusal_of("a: \xc3\xa9 \xe2\x82\xac \xf0\x9f\x90\xa7\r\n\tb"), "");
}

TEST(DocumentText, RefusesTerminalEscapes) {
  EXPECT_THAT(refusal_of("a: \x1b[31m"), HasSubstr("byte 0x1b at offset 3 is no text"));
}

}  // namespace
}  // namespace luolab
