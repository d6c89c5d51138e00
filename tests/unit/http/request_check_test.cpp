// SPDX-License-Identifier: Apache-2.0
#include "core/http/request_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace luolab {
namespace {

using testing::HasSubstr;
using State = HeadEnd::State;

TEST(RequestCheck, TheHeadEndsWithTheEmptyLineHoweverItArrives) {
  const std::string head = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  const std::string bytes = head + "content\r\n\r\n";
  std::size_t from = 0;
  for (std::size_t size = 0; size < head.size(); ++size) {
    const HeadEnd end = find_head_end(std::string_view(bytes).substr(0, size), from);
    ASSERT_EQ(end.state, State::incomplete) << size;
    from = end.size;
  }
  const HeadEnd end = find_head_end(bytes, from);
  EXPECT_EQ(end.state, State::complete);
  EXPECT_EQ(end.size, head.size());
}

TEST(RequestCheck, ALineThatEndsWithoutCarriageReturnIsSeenAtOnce) {
  EXPECT_EQ(find_head_end("GET / HTTP/1.1\n", 0).state, State::bare_line_feed);
  EXPECT_EQ(find_head_end("GET / HTTP/1.1\r\nHost: a\r\n\n", 0).state, State::bare_line_feed);
  EXPECT_EQ(find_head_end("\n", 0).state, State::bare_line_feed);
}

int status_of(std::string_view lines) {
  const auto refusal = check_head_lines(std::string(lines) + "\r\n");
  return refusal ? refusal->status : 200;
}

TEST(RequestCheck, WellFormedHeadsPass) {
  EXPECT_EQ(status_of("GET / HTTP/1.1\r\nHost: a\r\n"), 200);
  EXPECT_EQ(status_of("PATCH /a?b=c HTTP/1.0\r\nX-A:\r\nX-B: a\tb\r\nX-C: \xc3\xa4\r\n"), 200);
}

TEST(RequestCheck, HostileLinesAreRefused) {
  using namespace std::string_view_literals;
  const std::string_view table[] = {
      "GET / HTTP/1.1\r\nHost: a\r\n folded: b\r\n"sv,
      "GET / HTTP/1.1\r\nHost: a\r\n\tfolded\r\n"sv,
      "GET / HTTP/1.1\r\nHost : a\r\n"sv,
      "GET / HTTP/1.1\r\nHost\t: a\r\n"sv,
      "GET / HTTP/1.1\r\n: a\r\n"sv,
      "GET / HTTP/1.1\r\nno colon\r\n"sv,
      "GET / HTTP/1.1\r\nA: b\rC: d\r\n"sv,
      "GET / HTTP/1.1\r\nA: b\0c\r\n"sv,
      "GET / HTTP/1.1\r\nA\0: b\r\n"sv,
      "GET / HTTP/1.1\r\nA: \x7f\r\n"sv,
      "GET / HTTP/1.1\r\nTransf\xc3\xa9r: a\r\n"sv,
      "GET  / HTTP/1.1\r\nHost: a\r\n"sv,
      "GET /a b HTTP/1.1\r\nHost: a\r\n"sv,
      " GET / HTTP/1.1\r\nHost: a\r\n"sv,
      "GET / HTTP/1.1 \r\nHost: a\r\n"sv,
      "GET /\r\nHost: a\r\n"sv,
      "GET\t/\tHTTP/1.1\r\nHost: a\r\n"sv,
      "GET /\x80 HTTP/1.1\r\nHost: a\r\n"sv,
      "G(T / HTTP/1.1\r\nHost: a\r\n"sv,
      "GET / http/1.1\r\nHost: a\r\n"sv,
      "GET / HTTP/1.10\r\nHost: a\r\n"sv,
      "GET / HTTP/11\r\nHost: a\r\n"sv,
      "\x16\x03\x01\x02\r\n"sv,
      ""sv,
  };
  for (const std::string_view lines : table) EXPECT_EQ(status_of(lines), 400) << lines;
}

TEST(RequestCheck, OtherVersionsAreNamedAsSuch) {
  EXPECT_EQ(status_of("GET / HTTP/2.0\r\nHost: a\r\n"), 505);
  EXPECT_EQ(status_of("GET / HTTP/1.2\r\nHost: a\r\n"), 505);
}

TEST(RequestCheck, AHundredFieldsPassAndOneMoreDoesNot) {
  std::string lines = "GET / HTTP/1.1\r\n";
  for (int i = 0; i < 100; ++i) lines += "A: b\r\n";
  EXPECT_EQ(status_of(lines), 200);
  EXPECT_EQ(status_of(lines + "A: b\r\n"), 431);
}

using List = std::vector<std::pair<const char*, const char*>>;

Accepted<Framing> check(const List& list, int minor = 1) {
  HttpFields fields;
  for (const auto& [name, value] : list) fields.add(name, value);
  return check_fields(minor, fields);
}

TEST(RequestCheck, FieldsThatCanBeReadInTwoWaysAreRefused) {
  const std::pair<List, int> table[] = {
      {{}, 400},
      {{{"Host", "a"}, {"host", "a"}}, 400},
      {{{"Host", "a b"}}, 400},
      {{{"Host", "a/b"}}, 400},
      {{{"Host", "user@a"}}, 400},
      {{{"Host", "a"}, {"Content-Length", "1"}, {"Transfer-Encoding", "chunked"}}, 400},
      {{{"Host", "a"}, {"Content-Length", "1"}, {"Content-Length", "1"}}, 400},
      {{{"Host", "a"}, {"Content-Length", "1, 1"}}, 400},
      {{{"Host", "a"}, {"Content-Length", "+1"}}, 400},
      {{{"Host", "a"}, {"Content-Length", "-1"}}, 400},
      {{{"Host", "a"}, {"Content-Length", "0x1"}}, 400},
      {{{"Host", "a"}, {"Content-Length", ""}}, 400},
      {{{"Host", "a"}, {"Content-Length", "18446744073709551616"}}, 400},
      {{{"Host", "a"}, {"Content-Length", "9223372036854775808"}}, 400},
      {{{"Host", "a"}, {"Transfer-Encoding", "gzip"}}, 501},
      {{{"Host", "a"}, {"Transfer-Encoding", "gzip, chunked"}}, 501},
      {{{"Host", "a"}, {"Transfer-Encoding", "chunked, identity"}}, 501},
      {{{"Host", "a"}, {"Transfer-Encoding", "xchunked"}}, 501},
      {{{"Host", "a"}, {"Transfer-Encoding", ""}}, 501},
      {{{"Host", "a"}, {"Transfer-Encoding", "chunked"}, {"Transfer-Encoding", "chunked"}}, 400},
      {{{"Host", "a"}, {"Expect", "cake"}}, 417},
  };
  for (const auto& [list, status] : table) {
    const auto framing = check(list);
    ASSERT_FALSE(framing) << testing::PrintToString(list);
    EXPECT_EQ(framing.error().status, status) << testing::PrintToString(list);
  }
}

TEST(RequestCheck, ACodingInHttp10IsRefused) {
  const auto framing = check({{"Host", "a"}, {"Transfer-Encoding", "chunked"}}, 0);
  ASSERT_FALSE(framing);
  EXPECT_THAT(framing.error().why, HasSubstr("HTTP/1.0"));
}

TEST(RequestCheck, WhetherTheConnectionIsKeptDependsOnTheVersion) {
  EXPECT_TRUE(check({{"Host", "a"}})->keep_alive);
  EXPECT_FALSE(check({{"Host", "a"}, {"Connection", "x, Close"}})->keep_alive);
  EXPECT_FALSE(check({}, 0)->keep_alive);
  EXPECT_TRUE(check({{"Connection", "Keep-Alive"}}, 0)->keep_alive);
}

TEST(RequestCheck, TheContentsFrameIsTold) {
  EXPECT_EQ(check({{"Host", "a"}, {"Content-Length", "12"}})->content_length, 12u);
  EXPECT_TRUE(check({{"Host", "a"}, {"Transfer-Encoding", "Chunked"}})->chunked);
  EXPECT_TRUE(check({{"Host", "[::1]:80"}, {"Expect", "100-Continue"}})->expects_continue);
}

}  // namespace
}  // namespace luolab
