// SPDX-License-Identifier: Apache-2.0
#include "core/http/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/integration/http/http_lab.h"

namespace luolab {
namespace {

using testing::HasSubstr;
using testing::Not;

Task<HttpResponse> echo(HttpRequest& request) {
  HttpResponse response;
  response.status = request.target == "/missing" ? 404 : 200;
  response.fields.add("X-Method", request.method);
  response.fields.add("X-Token", request.fields.get("Authorization"));
  response.fields.add("X-Host", request.fields.get("Host"));
  response.fields.add("X-Target", request.target);
  response.body = request.body;
  co_return response;
}

/// One exchange after the other over one client.
struct Step {
  std::string method;
  std::string target;
  std::string body;
};

std::vector<Result<HttpReply>> exchange(HttpClientOptions options, std::vector<Step> steps,
                                        std::function<void(std::size_t)> between = {}) {
  return run_here<std::vector<Result<HttpReply>>>(
      [&](asio::any_io_executor executor) -> Task<std::vector<Result<HttpReply>>> {
        auto client = HttpClient::make(executor, options);
        std::vector<Result<HttpReply>> replies;
        const HttpFields none;
        for (const Step& step : steps) {
          if (between) between(replies.size());
          replies.push_back(
              co_await client->send(step.method, step.target, none, step.body, kPatience));
        }
        co_return replies;
      });
}

HttpClientOptions options_for(const std::string& url) {
  HttpClientOptions options;
  options.url = url;
  return options;
}

TEST(Client, SendsTokenHostAndBodyAndAnyStatusIsAnAnswer) {
  LabServer server(echo);
  HttpClientOptions options = options_for(server.url() + "/prefix/");
  options.token = "secret";
  const auto replies =
      exchange(options, {{"POST", "/a?b=c", "content"}, {"GET", "/x", ""}, {"HEAD", "/x", ""}});
  for (const auto& reply : replies) ASSERT_TRUE(reply) << reply.error().what;
  EXPECT_EQ(replies[0]->body, "content");
  EXPECT_EQ(replies[0]->fields.get("X-Token"), "Bearer secret");
  EXPECT_EQ(replies[0]->fields.get("X-Target"), "/prefix/a?b=c");
  EXPECT_EQ("http://" + replies[0]->fields.get("X-Host"), server.url());
  EXPECT_EQ(replies[2]->body, "");
  EXPECT_EQ(server.stats().requests, 3u);
  const auto missing = get(options_for(server.url()), "/missing");
  ASSERT_TRUE(missing);
  EXPECT_EQ(missing->status, 404);
}

TEST(Client, TheConnectionIsKept) {
  std::uint64_t most = 0;
  LabServer server(echo);
  const auto replies =
      exchange(options_for(server.url()), {{"GET", "/", ""}, {"GET", "/", ""}, {"GET", "/", ""}},
               [&](std::size_t) { most = std::max(most, server.stats().connections); });
  for (const auto& reply : replies) EXPECT_TRUE(reply);
  EXPECT_EQ(most, 1u);
}

TEST(Client, AConnectionThatTheServerEndedIsMadeAnew) {
  HttpServerOptions idle;
  idle.idle_time = std::chrono::seconds(1);
  LabServer server(echo, idle);
  const auto replies = exchange(
      options_for(server.url()), {{"GET", "/1", ""}, {"POST", "/2", "again"}},
      [&](std::size_t before) {
        if (before == 1) {
          EXPECT_TRUE(server.reaches([](const auto& stats) { return stats.connections == 0; }));
        }
      });
  ASSERT_TRUE(replies[0]) << replies[0].error().what;
  ASSERT_TRUE(replies[1]) << replies[1].error().what;
  EXPECT_EQ(replies[1]->body, "again");
}

TEST(Client, ARequestThatMayNotBeRepeatedIsNot) {
  LabServer server([](HttpRequest& request) -> Task<HttpResponse> {
    HttpResponse response;
    if (request.target == "/end") {
      response.stream = [](HttpStream&) -> Task<void> {
        throw std::runtime_error("ends");
        co_return;
      };
    }
    co_return response;
  });
  const auto replies =
      exchange(options_for(server.url()), {{"POST", "/", ""}, {"POST", "/end", ""}});
  EXPECT_TRUE(replies[0]);
  ASSERT_FALSE(replies[1]);
  EXPECT_THAT(replies[1].error().what, HasSubstr("ended the connection"));
  EXPECT_EQ(server.stats().requests, 2u);
}

TEST(Client, NobodyThereIsTheLabsFaultWithServerAndRemedy) {
  std::string url;
  {
    LabServer gone(echo);
    url = gone.url();
  }
  HttpClientOptions options = options_for(url);
  options.token = "secret";
  const auto reply = get(options, "/");
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().fault, Fault::lab);
  EXPECT_THAT(reply.error().what, HasSubstr(url));
  EXPECT_THAT(reply.error().what, HasSubstr("does the controller run"));
  EXPECT_THAT(reply.error().what, Not(HasSubstr("secret")));
}

TEST(Client, SilenceEndsWithTheLimitAndTheNextRequestIsAnsweredAfresh) {
  LabServer server([](HttpRequest& request) -> Task<HttpResponse> {
    HttpResponse response;
    response.body = request.target;
    if (request.target == "/never") {
      asio::steady_timer never(co_await asio::this_coro::executor,
                               asio::steady_timer::time_point::max());
      co_await never.async_wait(asio::use_awaitable);
    }
    co_return response;
  });
  const auto replies = run_here<std::vector<Result<HttpReply>>>(
      [&](asio::any_io_executor executor) -> Task<std::vector<Result<HttpReply>>> {
        auto client = HttpClient::make(executor, options_for(server.url()));
        std::vector<Result<HttpReply>> got;
        const HttpFields none;
        const std::string empty;
        got.push_back(
            co_await client->send("GET", "/never", none, empty, std::chrono::milliseconds(100)));
        got.push_back(co_await client->send("GET", "/now", none, empty, kPatience));
        co_return got;
      });
  ASSERT_FALSE(replies[0]);
  EXPECT_THAT(replies[0].error().what, HasSubstr("no answer in time"));
  ASSERT_TRUE(replies[1]) << replies[1].error().what;
  EXPECT_EQ(replies[1]->body, "/now");
}

TEST(Client, CancellingThrowsAndClosesTheConnection) {
  std::promise<void> entered;
  LabServer server([&](HttpRequest&) -> Task<HttpResponse> {
    asio::steady_timer never(co_await asio::this_coro::executor,
                             asio::steady_timer::time_point::max());
    entered.set_value();
    co_await never.async_wait(asio::use_awaitable);
    co_return HttpResponse();
  });
  const auto code = run_here<int>([&](asio::any_io_executor executor) -> Task<int> {
    auto client = HttpClient::make(executor, options_for(server.url()));
    const auto asking = [](HttpClient& asked) -> Task<bool> {
      const HttpFields none;
      const std::string empty;
      const auto reply = co_await asked.send("GET", "/", none, empty, kPatience);
      co_return reply.has_value();
    };
    auto question = asking(*client);
    const auto answered = co_await within(std::chrono::milliseconds(200), std::move(question));
    EXPECT_FALSE(answered);
    EXPECT_TRUE(server.reaches([](const auto& stats) { return stats.connections == 0; }));
    co_return 0;
  });
  EXPECT_EQ(code, 0);
}

TEST(Client, AnAnswerOverTheLimitIsNotTaken) {
  LabServer server([](HttpRequest&) -> Task<HttpResponse> {
    HttpResponse response;
    response.body.assign(100'000, 'x');
    co_return response;
  });
  HttpClientOptions options = options_for(server.url());
  options.most_reply_bytes = 99'999;
  const auto refused = get(options, "/");
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().what, HasSubstr("99999"));
  options.most_reply_bytes = 100'000;
  EXPECT_TRUE(get(options, "/"));
}

TEST(Client, ABadUrlOrTokenIsTheUsersMistake) {
  EXPECT_EQ(get(options_for("lab.example"), "/").error().fault, Fault::scenario);
  HttpClientOptions options = options_for("http://127.0.0.1:1");
  options.token = "a\r\nb";
  EXPECT_EQ(get(options, "/").error().fault, Fault::scenario);
}

}  // namespace
}  // namespace luolab
