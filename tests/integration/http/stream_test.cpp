// SPDX-License-Identifier: Apache-2.0
#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/integration/http/http_lab.h"

namespace luolab {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::string_view kGet = "GET /s HTTP/1.1\r\nHost: x\r\n\r\n";

HttpHandler streaming(std::function<Task<void>(HttpStream&)> stream) {
  return [stream](HttpRequest&) -> Task<HttpResponse> {
    HttpResponse response;
    response.stream = stream;
    co_return response;
  };
}

Task<void> two_pieces(HttpStream& stream) {
  co_await stream.write("hello ");
  co_await stream.write("");
  co_await stream.write("world, sixteen.");
}

Task<void> for_ever(HttpStream& stream) {
  const std::string block(64 << 10, 'x');
  for (;;) co_await stream.write(block);
}

Task<void> once_and_wait(HttpStream& stream) {
  co_await stream.write("first");
  asio::steady_timer never(co_await asio::this_coro::executor,
                           asio::steady_timer::time_point::max());
  co_await never.async_wait(asio::use_awaitable);
}

TEST(Stream, PiecesAreChunksAndTheConnectionGoesOn) {
  LabServer server(streaming(two_pieces));
  RawClient client(server.port());
  for (int i = 0; i < 2; ++i) {
    client.send(kGet);
    EXPECT_THAT(client.read_until("\r\n\r\n"), HasSubstr("Transfer-Encoding: chunked"));
    EXPECT_EQ(client.read_until("0\r\n\r\n"), "6\r\nhello \r\nf\r\nworld, sixteen.\r\n0\r\n\r\n");
  }
}

TEST(Stream, AnOldClientGetsTheBytesUntilTheConnectionEnds) {
  LabServer server(streaming(two_pieces));
  RawClient client(server.port());
  client.send("GET /s HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_EQ(content_of(client.read_all()), "hello world, sixteen.");
}

TEST(Stream, HeadDoesNotStartIt) {
  LabServer server(streaming(for_ever));
  RawClient client(server.port());
  client.send("HEAD /s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(content_of(client.read_all()), "");
}

TEST(Stream, AClientThatGoesEndsIt) {
  LabServer server(streaming(once_and_wait));
  RawClient client(server.port());
  client.send(kGet);
  client.read_until("first");
  client.close();
  EXPECT_TRUE(server.reaches([](const auto& stats) { return stats.connections == 0; }));
  EXPECT_TRUE(server.errors().empty());
  EXPECT_THAT(server.exchanges(), ElementsAre("GET /s 200"));
}

TEST(Stream, AClientThatDoesNotReadIsDropped) {
  HttpServerOptions options;
  options.slow_client = std::chrono::seconds(1);
  LabServer server(streaming(for_ever), options);
  RawClient client(server.port(), 4096);
  client.send(kGet);
  client.read_until("xxx");
  EXPECT_TRUE(server.reaches([](const auto& stats) { return stats.connections == 0; }));
}

TEST(Stream, OneThatFailsEndsWithoutTheLastChunk) {
  LabServer server(streaming([](HttpStream& stream) -> Task<void> {
    co_await stream.write("half");
    throw std::runtime_error("the disk is gone");
  }));
  RawClient client(server.port());
  client.send(kGet);
  EXPECT_EQ(content_of(client.read_all()), "4\r\nhalf\r\n");
  EXPECT_THAT(server.errors(), ElementsAre(HasSubstr("the disk is gone")));
}

TEST(Stream, TheClientGetsThePiecesAsTheyCome) {
  LabServer server(streaming(once_and_wait));
  HttpClientOptions options;
  options.url = server.url();
  std::string got;
  const auto reply =
      run_here<Result<HttpReply>>([&](asio::any_io_executor executor) -> Task<Result<HttpReply>> {
        auto client = HttpClient::make(executor, options);
        const HttpFields none;
        const std::function<void(std::string_view)> on_bytes = [&](std::string_view bytes) {
          got += bytes;
          if (got == "first") server.stop();  // a stream ends with its server
        };
        co_return co_await client->stream("/s", none, on_bytes, kPatience);
      });
  EXPECT_EQ(got, "first");
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().fault, Fault::lab);
  EXPECT_TRUE(server.has_stopped());
}

TEST(Stream, TheClientSeesTheEndOfAWholeStream) {
  LabServer server(streaming(two_pieces));
  HttpClientOptions options;
  options.url = server.url();
  std::string got;
  const auto reply =
      run_here<Result<HttpReply>>([&](asio::any_io_executor executor) -> Task<Result<HttpReply>> {
        auto client = HttpClient::make(executor, options);
        const HttpFields none;
        const std::function<void(std::string_view)> on_bytes = [&](std::string_view bytes) {
          got += bytes;
        };
        co_return co_await client->stream("/s", none, on_bytes, kPatience);
      });
  ASSERT_TRUE(reply) << reply.error().what;
  EXPECT_EQ(reply->status, 200);
  EXPECT_EQ(reply->body, "");
  EXPECT_EQ(got, "hello world, sixteen.");
}

TEST(Stream, SilenceIsTheLabsFault) {
  LabServer server(streaming(once_and_wait));
  HttpClientOptions options;
  options.url = server.url();
  const auto reply =
      run_here<Result<HttpReply>>([&](asio::any_io_executor executor) -> Task<Result<HttpReply>> {
        auto client = HttpClient::make(executor, options);
        const HttpFields none;
        const std::function<void(std::string_view)> on_bytes = [](std::string_view) {};
        co_return co_await client->stream("/s", none, on_bytes, std::chrono::milliseconds(100));
      });
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().fault, Fault::lab);
  EXPECT_THAT(reply.error().what, HasSubstr("no answer in time"));
}

}  // namespace
}  // namespace luolab
