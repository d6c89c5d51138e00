// SPDX-License-Identifier: Apache-2.0
#include "core/http/message_parser.h"

#include <gtest/gtest.h>

namespace luolab {
namespace {

struct Parsed {
  std::string content;
  MessageParser parser;
  boost::system::error_code error;
  explicit Parsed(MessageParser::Kind kind)
      : parser(kind, 1000, [this](std::string_view bytes) { content += bytes; }) {}

  /// Gives everything, the way a connection does.
  std::size_t put(std::string_view bytes) {
    std::size_t taken = 0;
    for (std::size_t now = 1; now > 0 && !parser.done() && !error; taken += now)
      now = parser.put(bytes.substr(taken), error);
    return taken;
  }
};

constexpr std::string_view kChunkedHead =
    "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";

TEST(MessageParser, ChunkedContentComesWithoutItsCoding) {
  Parsed parsed(MessageParser::Kind::request);
  const std::string text =
      std::string(kChunkedHead) + "5\r\nhello\r\n6;x=y\r\n world\r\n0\r\n\r\nNEXT";
  EXPECT_EQ(parsed.put(text), text.size() - 4);
  EXPECT_FALSE(parsed.error);
  EXPECT_TRUE(parsed.parser.done());
  EXPECT_EQ(parsed.content, "hello world");
  EXPECT_EQ(parsed.parser.method(), "POST");
}

TEST(MessageParser, HostileChunksAreErrors) {
  for (const char* body :
       {"fffffffffffffffff\r\nx", "0x5\r\nhello\r\n0\r\n\r\n", "-1\r\nx", "5\nhello\r\n0\r\n\r\n",
        "5 5\r\nhello", "\r\nx", "5\r\nhelloXX\r\n0\r\n\r\n", "g\r\nx"}) {
    Parsed parsed(MessageParser::Kind::request);
    parsed.put(std::string(kChunkedHead) + body);
    EXPECT_TRUE(parsed.error) << body;
    EXPECT_FALSE(parsed.parser.done()) << body;
  }
}

TEST(MessageParser, ChunkedContentOverTheLimitIsTooLarge) {
  Parsed parsed(MessageParser::Kind::request);
  parsed.parser.put(kChunkedHead, parsed.error);
  parsed.parser.limit_content(8);
  parsed.put("5\r\nhello\r\n5\r\nworld\r\n0\r\n\r\n");
  EXPECT_TRUE(MessageParser::is_too_large(parsed.error)) << parsed.error.message();
}

TEST(MessageParser, TrailersAreNoFieldsOfTheRequest) {
  Parsed parsed(MessageParser::Kind::request);
  parsed.parser.put(kChunkedHead, parsed.error);
  const HttpFields fields = parsed.parser.take_fields();
  parsed.put("0\r\nAuthorization: Bearer x\r\n\r\n");
  EXPECT_TRUE(parsed.parser.done());
  EXPECT_FALSE(fields.has("Authorization"));
}

TEST(MessageParser, AnAnswerWithoutLengthEndsWithTheConnection) {
  Parsed parsed(MessageParser::Kind::response);
  parsed.put("HTTP/1.1 200 OK\r\n\r\nall of it");
  EXPECT_FALSE(parsed.parser.done());
  parsed.parser.put_end(parsed.error);
  EXPECT_FALSE(parsed.error);
  EXPECT_EQ(parsed.content, "all of it");
  EXPECT_FALSE(parsed.parser.keep_alive());
}

TEST(MessageParser, AnAnswerThatStopsShortIsAnError) {
  Parsed parsed(MessageParser::Kind::response);
  parsed.put("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
  parsed.parser.put_end(parsed.error);
  EXPECT_TRUE(parsed.error);
}

TEST(MessageParser, AnAnswerToHeadHasALengthAndNoContent) {
  Parsed parsed(MessageParser::Kind::response_to_head);
  parsed.put("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n");
  EXPECT_TRUE(parsed.parser.done());
  EXPECT_EQ(parsed.parser.status(), 200);
  EXPECT_EQ(parsed.parser.take_fields().get("Content-Length"), "10");
}

TEST(MessageParser, StatusCodesHaveTheirNames) {
  EXPECT_EQ(reason_of(404), "Not Found");
  EXPECT_EQ(reason_of(799), "Unknown");
}

}  // namespace
}  // namespace luolab
