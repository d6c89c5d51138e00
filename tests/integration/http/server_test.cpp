// SPDX-License-Identifier: Apache-2.0
#include "core/http/server.h"

#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/integration/http/http_lab.h"

namespace luolab {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

/// Answers with what it was asked.
Task<HttpResponse> echo(HttpRequest& request) {
  HttpResponse response;
  response.fields.add("Content-Type", "text/plain");
  response.body = request.method + " " + request.target + " " + request.body;
  co_return response;
}

constexpr std::string_view kGet = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";

TEST(Server, AConnectionIsKeptForTheNextRequest) {
  LabServer server(echo);
  RawClient client(server.port());
  for (int i = 0; i < 3; ++i) {
    client.send(kGet);
    const std::string answer = client.read_answer();
    EXPECT_EQ(status_of(answer), "200");
    EXPECT_EQ(content_of(answer), "GET /a ");
    EXPECT_THAT(answer, HasSubstr("\r\nDate: "));
  }
  EXPECT_EQ(server.stats().requests, 3u);
  EXPECT_EQ(server.stats().connections, 1u);
}

TEST(Server, PipelinedRequestsAreAnsweredInTheirOrder) {
  LabServer server(echo);
  RawClient client(server.port());
  client.send(
      "\r\nPOST /1 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\none"
      "POST /2 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\ntwo\r\n0\r\n\r\n"
      "GET /3 HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(content_of(client.read_answer()), "POST /1 one");
  EXPECT_EQ(content_of(client.read_answer()), "POST /2 two");
  EXPECT_EQ(content_of(client.read_answer()), "GET /3 ");
}

TEST(Server, ARequestMayComeByteByByte) {
  LabServer server(echo);
  RawClient client(server.port());
  for (const char c : std::string("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi"))
    client.send({&c, 1});
  EXPECT_EQ(content_of(client.read_answer()), "POST /a hi");
}

TEST(Server, AHandlersQuickAnswerReachesAClientThatHasEndedItsSide) {
  LabServer server(echo);
  RawClient client(server.port());
  client.send(kGet);
  client.finish();
  EXPECT_EQ(content_of(client.read_all()), "GET /a ");
}

TEST(Server, CloseIsHonoured) {
  LabServer server(echo);
  RawClient client(server.port());
  client.send("GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  const std::string answer = client.read_all();
  EXPECT_THAT(answer, HasSubstr("\r\nConnection: close\r\n"));
  EXPECT_EQ(content_of(answer), "GET /a ");
}

TEST(Server, AnOldClientGetsOneAnswerUnlessItAsksForMore) {
  LabServer server(echo);
  RawClient once(server.port());
  once.send("GET /a HTTP/1.0\r\n\r\n");
  EXPECT_EQ(content_of(once.read_all()), "GET /a ");
  RawClient more(server.port());
  for (int i = 0; i < 2; ++i) {
    more.send("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    EXPECT_THAT(more.read_answer(), HasSubstr("\r\nConnection: keep-alive\r\n"));
  }
}

TEST(Server, HeadGetsTheHeadOfGet) {
  LabServer server(echo);
  RawClient client(server.port());
  client.send("HEAD /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  const std::string answer = client.read_all();
  EXPECT_THAT(answer, HasSubstr("Content-Length: 7\r\n"));
  EXPECT_EQ(content_of(answer), "");
  EXPECT_THAT(server.exchanges(), ElementsAre("HEAD /a 200"));
}

TEST(Server, AClientThatWaitsForLeaveGetsIt) {
  LabServer server(echo);
  RawClient client(server.port());
  client.send("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("hello");
  EXPECT_EQ(content_of(client.read_answer()), "POST /a hello");
}

TEST(Server, WhatAHandlerThrowsIsToldToTheOperatorOnly) {
  LabServer server([](HttpRequest&) -> Task<HttpResponse> {
    throw std::runtime_error("the secret path");
    co_return HttpResponse();
  });
  RawClient client(server.port());
  client.send(kGet);
  const std::string answer = client.read_answer();
  EXPECT_EQ(status_of(answer), "500");
  EXPECT_THAT(answer, HasSubstr("urn:luolab:problem:internal"));
  EXPECT_THAT(answer, Not(HasSubstr("secret")));
  EXPECT_THAT(server.errors(), ElementsAre("GET /a: the secret path"));
  client.send(kGet);
  EXPECT_EQ(status_of(client.read_answer()), "500") << "the connection goes on";
}

TEST(Server, AnAnswerThatWouldSplitIsNotSent) {
  LabServer server([](HttpRequest&) -> Task<HttpResponse> {
    HttpResponse response;
    response.fields.add("Location", "/x\r\nSet-Cookie: a=b");
    co_return response;
  });
  RawClient client(server.port());
  client.send(kGet);
  const std::string answer = client.read_answer();
  EXPECT_EQ(status_of(answer), "500");
  EXPECT_THAT(answer, Not(HasSubstr("Set-Cookie")));
}

TEST(Server, AHandlerIsCancelledWhenItsClientGoes) {
  std::promise<void> waiting;
  std::promise<void> cancelled;
  LabServer server([&](HttpRequest&) -> Task<HttpResponse> {
    asio::steady_timer never(co_await asio::this_coro::executor,
                             asio::steady_timer::time_point::max());
    waiting.set_value();
    try {
      co_await never.async_wait(asio::use_awaitable);
    } catch (const boost::system::system_error& error) {
      if (error.code() == asio::error::operation_aborted) cancelled.set_value();
      throw;
    }
    co_return HttpResponse();
  });
  RawClient client(server.port());
  client.send(kGet);
  ASSERT_EQ(waiting.get_future().wait_for(kPatience), std::future_status::ready);
  client.close();
  EXPECT_EQ(cancelled.get_future().wait_for(kPatience), std::future_status::ready);
  EXPECT_TRUE(server.reaches([](const auto& stats) { return stats.connections == 0; }));
  EXPECT_TRUE(server.errors().empty());
}

TEST(Server, AClientThatGoesBehindAPipelinedRequestIsStillNoticed) {
  std::promise<void> waiting;
  LabServer server([&](HttpRequest&) -> Task<HttpResponse> {
    asio::steady_timer never(co_await asio::this_coro::executor,
                             asio::steady_timer::time_point::max());
    waiting.set_value();
    co_await never.async_wait(asio::use_awaitable);
    co_return HttpResponse();
  });
  RawClient client(server.port());
  client.send(std::string(kGet) + std::string(kGet));
  ASSERT_EQ(waiting.get_future().wait_for(kPatience), std::future_status::ready);
  client.close();
  EXPECT_TRUE(server.reaches([](const auto& stats) { return stats.connections == 0; }));
}

TEST(Server, LongTextIsCompressedForThoseWhoWantIt) {
  LabServer server([](HttpRequest&) -> Task<HttpResponse> {
    HttpResponse response;
    response.fields.add("Content-Type", "text/plain");
    response.body.assign(5000, 'x');
    co_return response;
  });
  RawClient client(server.port());
  client.send("GET / HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\n\r\n");
  EXPECT_THAT(client.read_answer(), HasSubstr("Content-Encoding: gzip"));
  client.send(kGet);
  EXPECT_EQ(content_of(client.read_answer()), std::string(5000, 'x'));
}

TEST(Server, APortInUseIsNamed) {
  LabServer server(echo);
  asio::io_context io;
  HttpServer second(io.get_executor(), {}, echo);
  const auto port = second.listen("127.0.0.1", server.port());
  ASSERT_FALSE(port);
  EXPECT_EQ(port.error().fault, Fault::lab);
  EXPECT_THAT(port.error().what, HasSubstr(std::to_string(server.port())));
  EXPECT_THAT(port.error().what, HasSubstr("another process"));
}

TEST(Server, AnAddressThatIsNoneIsTheUsersMistake) {
  asio::io_context io;
  HttpServer server(io.get_executor(), {}, echo);
  const auto port = server.listen("nowhere", 0);
  ASSERT_FALSE(port);
  EXPECT_EQ(port.error().fault, Fault::scenario);
}

}  // namespace
}  // namespace luolab
