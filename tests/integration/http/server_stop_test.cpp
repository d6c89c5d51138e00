// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/async/signal.h"
#include "tests/integration/http/http_lab.h"

namespace luolab {
namespace {

using testing::HasSubstr;

constexpr std::string_view kGet = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

/// Handlers that wait until the test lets them go.
class Gate {
 public:
  HttpHandler handler(bool parked) {
    return [this, parked](HttpRequest& request) -> Task<HttpResponse> {
      request.parked = parked;
      Signal signal(co_await asio::this_coro::executor);
      signal_ = &signal;
      entered_.set_value();
      co_await signal.wait();
      HttpResponse response;
      response.body = "whole";
      co_return response;
    };
  }
  bool is_entered() {
    return entered_.get_future().wait_for(kPatience) == std::future_status::ready;
  }
  /// In the server's thread.
  void open() { signal_->wake(); }

 private:
  Signal* signal_ = nullptr;  // of the handler that waits
  std::promise<void> entered_;
};

HttpServerOptions drain(std::chrono::seconds time) {
  HttpServerOptions options;
  options.drain_time = time;
  return options;
}

TEST(ServerStop, IdleConnectionsEndAndNoNewOnesAreTaken) {
  LabServer server(
      [](HttpRequest&) -> Task<HttpResponse> {
        HttpResponse response;
        co_return response;
      },
      drain(kPatience));
  RawClient fresh(server.port());
  RawClient used(server.port());
  used.send(kGet);
  EXPECT_EQ(status_of(used.read_answer()), "200");
  EXPECT_TRUE(server.reaches([](const auto& stats) { return stats.connections == 2; }));
  server.stop();
  EXPECT_EQ(fresh.read_all(), "");
  EXPECT_EQ(used.read_all(), "");
  EXPECT_TRUE(server.has_stopped());
  EXPECT_THROW(RawClient{server.port()}, std::runtime_error);
}

TEST(ServerStop, AnAnswerOnItsWayIsFinished) {
  Gate gate;
  LabServer server(
      [&, handler = gate.handler(false)](HttpRequest& request) -> Task<HttpResponse> {
        if (request.target == "/open") {
          gate.open();
          HttpResponse response;
          co_return response;
        }
        co_return co_await handler(request);
      },
      drain(kPatience));
  RawClient client(server.port());
  client.send(kGet);
  ASSERT_TRUE(gate.is_entered());
  RawClient opener(server.port());
  opener.send("GET /open HTTP/1.1\r\nHost: x");  // begun before the stop, so it is answered, too
  EXPECT_TRUE(server.reaches([](const auto& stats) { return stats.connections == 2; }));
  opener.send("\r\n");
  server.stop();
  opener.send("\r\n");
  const std::string opened = opener.read_all();
  const std::string answer = client.read_all();
  EXPECT_EQ(status_of(opened), "200");
  EXPECT_EQ(content_of(answer), "whole");
  EXPECT_THAT(answer, HasSubstr("Connection: close"));
  EXPECT_TRUE(server.has_stopped());
}

TEST(ServerStop, AParkedHandlerEndsAtOnceAndItsClientIsToldToTryAgain) {
  Gate gate;
  LabServer server(gate.handler(true), drain(std::chrono::hours(1)));
  RawClient client(server.port());
  client.send(kGet);
  ASSERT_TRUE(gate.is_entered());
  server.stop();
  const std::string answer = client.read_all();
  EXPECT_EQ(status_of(answer), "503");
  EXPECT_THAT(answer, HasSubstr("Retry-After: 1"));
  EXPECT_TRUE(server.has_stopped());
  EXPECT_TRUE(server.errors().empty());
}

TEST(ServerStop, AHandlerThatTakesTooLongIsCancelledAfterTheDrainTime) {
  Gate gate;
  LabServer server(gate.handler(false), drain(std::chrono::seconds(1)));
  RawClient client(server.port());
  client.send(kGet);
  ASSERT_TRUE(gate.is_entered());
  server.stop();
  EXPECT_EQ(client.read_all(), "");
  EXPECT_TRUE(server.has_stopped());
}

}  // namespace
}  // namespace luolab
