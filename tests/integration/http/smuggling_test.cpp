// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/integration/http/http_lab.h"

namespace luolab {
namespace {

Task<HttpResponse> target_of(HttpRequest& request) {
  HttpResponse response;
  response.body = request.target;
  co_return response;
}

/// Behind every refused request lies another one, which must never be answered.
constexpr std::string_view kHidden = "GET /hidden HTTP/1.1\r\nHost: x\r\n\r\n";

TEST(Smuggling, WhatCanBeReadInTwoWaysIsRefusedAndEndsTheConnection) {
  using namespace std::string_view_literals;
  const std::pair<std::string_view, const char*> table[] = {
      {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"sv,
       "400"},
      {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"sv,
       "400"},
      {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 0\r\n\r\n"sv, "400"},
      {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0, 5\r\n\r\n"sv, "400"},
      {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +0\r\n\r\n"sv, "400"},
      {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n"sv,
       "501"},
      {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n"sv, "501"},
      {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n"sv,
       "400"},
      {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding:\x0b"
       "chunked\r\n\r\n0\r\n\r\n"sv,
       "400"},
      {"POST / HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"sv, "400"},
      {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n"sv, "400"},
      {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n"sv,
       "400"},
      {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0x0\r\n\r\n"sv, "400"},
      {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n\r\n"sv, "400"},
      {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\nx\r\n0\r\n\r\n"sv,
       "400"},
      {"GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n"sv, "400"},
      {"GET / HTTP/1.1\r\n\r\n"sv, "400"},
      {"GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n"sv, "400"},
      {"GET / HTTP/1.1\r\nHost: x\r\nA: b\rContent-Length: 5\r\n\r\n"sv, "400"},
      {"GET / HTTP/1.1\r\nHost: x\r\nA: b\nContent-Length: 5\r\n\r\n"sv, "400"},
      {"GET / HTTP/1.1\nHost: x\n\n"sv, "400"},
      {"GET / HTTP/1.1\r\nHost: x\r\nA: b\0c\r\n\r\n"sv, "400"},
      {"GET http://x/ HTTP/1.1\r\nHost: x\r\n\r\n"sv, "400"},
      {"GET /a%2fb HTTP/1.1\r\nHost: x\r\n\r\n"sv, "400"},
      {"GET /a/../b HTTP/1.1\r\nHost: x\r\n\r\n"sv, "400"},
      {"GET /a%00 HTTP/1.1\r\nHost: x\r\n\r\n"sv, "400"},
      {"GET / HTTP/3.0\r\nHost: x\r\n\r\n"sv, "505"},
      {"CONNECT x:443 HTTP/1.1\r\nHost: x\r\n\r\n"sv, "400"},
      {"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n"sv, "400"},
      {"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"sv, "400"},
  };
  LabServer server(target_of);
  for (const auto& [request, status] : table) {
    RawClient client(server.port());
    client.send(std::string(request) + std::string(kHidden));
    client.finish();
    const std::string answer = client.read_all();
    EXPECT_EQ(status_of(answer), status) << request;
    EXPECT_THAT(answer, testing::HasSubstr("application/problem+json")) << request;
    EXPECT_THAT(answer, testing::Not(testing::HasSubstr("/hidden"))) << request;
  }
  EXPECT_EQ(server.stats().requests, 0u);
  EXPECT_EQ(server.stats().refused, std::size(table));
}

TEST(Smuggling, ContentThatLooksLikeARequestIsContent) {
  LabServer server(target_of);
  RawClient client(server.port());
  client.send("POST /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: " +
              std::to_string(kHidden.size()) + "\r\n\r\n" + std::string(kHidden));
  EXPECT_EQ(content_of(client.read_all()), "/a");
}

}  // namespace
}  // namespace luolab
