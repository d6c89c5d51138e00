// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/integration/http/http_lab.h"

namespace luolab {
namespace {

using testing::HasSubstr;

Task<HttpResponse> size_of_body(HttpRequest& request) {
  HttpResponse response;
  response.body = std::to_string(request.body.size());
  co_return response;
}

HttpServerOptions body_limit(std::uint64_t bytes) {
  HttpServerOptions options;
  options.body_limit = [bytes](std::string_view, std::string_view target) {
    return target == "/large" ? bytes * 1000 : bytes;
  };
  return options;
}

std::string post(std::string_view target, std::size_t length) {
  return "POST " + std::string(target) +
         " HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(length) + "\r\n\r\n";
}

TEST(ServerLimits, ContentOverTheLimitIsRefusedFromItsHeadAlone) {
  LabServer server(size_of_body, body_limit(1000));
  RawClient client(server.port());
  client.send(post("/small", 1001));
  EXPECT_EQ(status_of(client.read_all()), "413");
  EXPECT_EQ(server.stats().refused, 1u);
  EXPECT_EQ(server.stats().requests, 0u);
}

TEST(ServerLimits, ChunkedContentOverTheLimitIsRefused) {
  LabServer server(size_of_body, body_limit(1000));
  RawClient client(server.port());
  client.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3e8\r\n" +
              std::string(1000, 'x') + "\r\n1\r\nx\r\n");
  EXPECT_EQ(status_of(client.read_all()), "413");
}

TEST(ServerLimits, TheRefusalReachesAClientThatKeepsSending) {
  LabServer server(size_of_body, body_limit(1000));
  RawClient client(server.port());
  client.send(post("/small", 4 << 20));
  client.send(std::string(4 << 20, 'x'));
  client.finish();
  EXPECT_EQ(status_of(client.read_all()), "413");
}

TEST(ServerLimits, EveryTargetHasALimitOfItsOwn) {
  LabServer server(size_of_body, body_limit(1000));
  RawClient client(server.port());
  client.send(post("/large", 1000 * 1000) + std::string(1000 * 1000, 'x'));
  EXPECT_EQ(content_of(client.read_answer()), "1000000");
  client.send(post("/small", 1000) + std::string(1000, 'x'));
  EXPECT_EQ(content_of(client.read_answer()), "1000");
}

TEST(ServerLimits, AHeadOverTheLimitIsRefused) {
  HttpServerOptions options;
  options.header_bytes = 5000;
  LabServer server(size_of_body, options);
  RawClient fits(server.port());
  fits.send("GET / HTTP/1.1\r\nHost: x\r\nA: " + std::string(4900, 'x') + "\r\n\r\n");
  EXPECT_EQ(status_of(fits.read_answer()), "200");
  RawClient over(server.port());
  over.send("GET / HTTP/1.1\r\nHost: x\r\nA: " + std::string(5000, 'x') + "\r\n\r\n");
  EXPECT_EQ(status_of(over.read_all()), "431");
  RawClient endless(server.port());
  endless.send("GET / HTTP/1.1\r\nHost: x\r\nA: " + std::string(20'000, 'x'));
  EXPECT_EQ(status_of(endless.read_all()), "431");
}

TEST(ServerLimits, ARequestThatDoesNotComeToItsEndIsTooSlow) {
  HttpServerOptions options;
  options.request_time = std::chrono::seconds(1);
  LabServer server(size_of_body, options);
  RawClient head(server.port());
  head.send("GET / HTTP/1.1\r\nHo");
  RawClient content(server.port());
  content.send(post("/", 10) + "half");
  EXPECT_EQ(status_of(head.read_all()), "408");
  EXPECT_EQ(status_of(content.read_all()), "408");
}

TEST(ServerLimits, AnIdleConnectionIsEndedWithoutAWord) {
  HttpServerOptions options;
  options.idle_time = std::chrono::seconds(1);
  LabServer server(size_of_body, options);
  RawClient client(server.port());
  EXPECT_EQ(client.read_all(), "");
}

TEST(ServerLimits, MoreConnectionsThanAllowedWaitUntilOneEnds) {
  HttpServerOptions options;
  options.most_connections = 1;
  LabServer server(size_of_body, options);
  RawClient first(server.port());
  first.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(status_of(first.read_answer()), "200");
  RawClient second(server.port());
  second.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(server.stats().connections, 1u);
  first.close();
  EXPECT_EQ(status_of(second.read_answer()), "200");
}

TEST(ServerLimits, AClientThatTakesNothingIsDropped) {
  HttpServerOptions options;
  options.slow_client = std::chrono::seconds(1);
  LabServer server(
      [](HttpRequest&) -> Task<HttpResponse> {
        HttpResponse response;
        response.body.assign(64 << 20, 'x');
        co_return response;
      },
      options);
  RawClient client(server.port(), 4096);
  client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_TRUE(server.reaches([](const auto& stats) { return stats.requests == 1; }));
  EXPECT_TRUE(server.reaches([](const auto& stats) { return stats.connections == 0; }));
}

}  // namespace
}  // namespace luolab
