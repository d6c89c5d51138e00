// SPDX-License-Identifier: Apache-2.0
#include "core/http/tls.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/file.h"
#include "core/http/file_answer.h"
#include "tests/integration/http/http_lab.h"

namespace luolab {
namespace {

using testing::HasSubstr;

Task<HttpResponse> echo(HttpRequest& request) {
  HttpResponse response;
  response.body = request.target + request.body;
  co_return response;
}

class Tls : public testing::Test {
 protected:
  Tls() {
    certificates_.make_authority("ca");
    certificates_.make("good", "ca", "DNS:localhost,IP:127.0.0.1");
  }

  std::shared_ptr<TlsServerContext> context(const std::string& name) {
    return TlsServerContext::make(certificates_.certificate(name), certificates_.key(name)).value();
  }
  HttpServerOptions with(std::shared_ptr<TlsServerContext> tls) {
    HttpServerOptions options;
    options.tls = std::move(tls);
    return options;
  }
  HttpClientOptions trusting(const std::string& authority, const LabServer& server,
                             const std::string& host = "127.0.0.1") {
    HttpClientOptions options;
    options.url = "https://" + host + ":" + std::to_string(server.port());
    options.ca_file = certificates_.certificate(authority);
    return options;
  }

  TempDir folder_{testing::TempDir()};
  LabCertificates certificates_{folder_.path()};
};

TEST_F(Tls, ATrustedServerIsTalkedToByAddressAndByName) {
  LabServer server(echo, with(context("good")));
  for (const char* host : {"127.0.0.1", "localhost"}) {
    const auto reply = get(trusting("ca", server, host), "/x");
    ASSERT_TRUE(reply) << reply.error().what;
    EXPECT_EQ(reply->body, "/x");
  }
}

TEST_F(Tls, TheConnectionIsKept) {
  LabServer server(echo, with(context("good")));
  const std::string large(3 << 20, 'x');
  HttpClientOptions options = trusting("ca", server);
  const auto sizes = run_here<std::vector<std::size_t>>(
      [&](asio::any_io_executor executor) -> Task<std::vector<std::size_t>> {
        auto client = HttpClient::make(executor, options);
        const HttpFields none;
        std::vector<std::size_t> got;
        for (const std::size_t size : {std::size_t{1}, std::size_t{1000}, std::size_t{900'000}}) {
          const std::string body = large.substr(0, size);
          const auto reply = co_await client->send("PUT", "/", none, body, kPatience);
          got.push_back(reply ? reply->body.size() : 0);
          EXPECT_EQ(server.stats().connections, 1u);
        }
        co_return got;
      });
  EXPECT_THAT(sizes, testing::ElementsAre(2u, 1001u, 900'001u));
  EXPECT_EQ(server.stats().requests, 3u);
}

TEST_F(Tls, AnotherAuthorityIsRefused) {
  certificates_.make_authority("other");
  LabServer server(echo, with(context("good")));
  const auto reply = get(trusting("other", server), "/x");
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().fault, Fault::lab);
  EXPECT_THAT(reply.error().what, HasSubstr("certificate is refused"));
  EXPECT_THAT(reply.error().what, HasSubstr("other.pem"));
  EXPECT_EQ(server.stats().requests, 0u);
}

TEST_F(Tls, AnotherNameOrAddressIsRefused) {
  certificates_.make("named", "ca", "DNS:elsewhere.example,IP:127.0.0.2");
  LabServer server(echo, with(context("named")));
  const auto by_address = get(trusting("ca", server), "/x");
  ASSERT_FALSE(by_address);
  EXPECT_THAT(by_address.error().what, HasSubstr("IP address mismatch"));
  const auto by_name = get(trusting("ca", server, "localhost"), "/x");
  ASSERT_FALSE(by_name);
  EXPECT_THAT(by_name.error().what, HasSubstr("hostname mismatch"));
  EXPECT_EQ(server.stats().requests, 0u);
}

TEST_F(Tls, AServerWithoutTlsIsNamedAsSuch) {
  LabServer server(echo);
  const auto reply = get(trusting("ca", server), "/x");
  ASSERT_FALSE(reply);
  EXPECT_THAT(reply.error().what, HasSubstr("does the server speak TLS"));
}

TEST_F(Tls, AClientWithoutTlsGetsNoAnswer) {
  LabServer server(echo, with(context("good")));
  RawClient client(server.port());
  client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(client.read_all().find("HTTP/1.1"), std::string::npos);
  EXPECT_TRUE(server.reaches([](const auto& stats) { return stats.connections == 0; }));
}

TEST_F(Tls, AFileArrivesAsItIs) {
  const std::filesystem::path file = folder_.path() / "file";
  const std::string bytes(1'000'003, 'f');
  write_scratch_file(file, bytes);
  LabServer server(
      [&](HttpRequest& request) -> Task<HttpResponse> {
        co_return file_answer(request, file, "application/octet-stream");
      },
      with(context("good")));
  const auto reply = get(trusting("ca", server), "/x");
  ASSERT_TRUE(reply) << reply.error().what;
  EXPECT_TRUE(reply->body == bytes);
}

TEST_F(Tls, AClientThatGoesCancelsTheHandler) {
  std::promise<void> entered;
  LabServer server(
      [&](HttpRequest&) -> Task<HttpResponse> {
        asio::steady_timer never(co_await asio::this_coro::executor,
                                 asio::steady_timer::time_point::max());
        entered.set_value();
        co_await never.async_wait(asio::use_awaitable);
        co_return HttpResponse();
      },
      with(context("good")));
  const HttpClientOptions options = trusting("ca", server);
  const auto reply =
      run_here<Result<HttpReply>>([&](asio::any_io_executor executor) -> Task<Result<HttpReply>> {
        auto client = HttpClient::make(executor, options);
        const HttpFields none;
        const std::string empty;
        co_return co_await client->send("GET", "/", none, empty, std::chrono::milliseconds(500));
      });
  EXPECT_FALSE(reply);
  EXPECT_TRUE(server.reaches([](const auto& stats) { return stats.connections == 0; }));
}

TEST_F(Tls, AClientThatDoesNotReadIsDropped) {
  HttpServerOptions options = with(context("good"));
  options.slow_client = std::chrono::seconds(1);
  LabServer server(
      [](HttpRequest&) -> Task<HttpResponse> {
        HttpResponse response;
        response.body.assign(64 << 20, 'x');
        co_return response;
      },
      options);
  const HttpClientOptions client_options = trusting("ca", server);
  const auto reply =
      run_here<Result<HttpReply>>([&](asio::any_io_executor executor) -> Task<Result<HttpReply>> {
        auto client = HttpClient::make(executor, client_options);
        const HttpFields none;
        const std::function<void(std::string_view)> wait = [&](std::string_view) {
          EXPECT_TRUE(server.reaches([](const auto& stats) { return stats.connections == 0; }));
        };
        co_return co_await client->stream("/", none, wait, kPatience);
      });
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().fault, Fault::lab);
}

TEST_F(Tls, StoppingEndsIdleConnections) {
  LabServer server(echo, with(context("good")));
  const HttpClientOptions options = trusting("ca", server);
  const bool ok = run_here<bool>([&](asio::any_io_executor executor) -> Task<bool> {
    auto client = HttpClient::make(executor, options);
    const HttpFields none;
    const std::string empty;
    const auto reply = co_await client->send("GET", "/", none, empty, kPatience);
    server.stop();
    co_return reply.has_value() && server.has_stopped();
  });
  EXPECT_TRUE(ok);
}

TEST_F(Tls, ReloadingServesTheNewPair) {
  certificates_.make_authority("next");
  const auto tls = context("good");
  LabServer server(echo, with(tls));
  ASSERT_TRUE(get(trusting("ca", server), "/"));
  certificates_.make("good", "next", "IP:127.0.0.1");
  const auto changed = tls->reload_if_changed();
  ASSERT_TRUE(changed) << changed.error().what;
  EXPECT_TRUE(*changed);
  EXPECT_FALSE(get(trusting("ca", server), "/"));
  EXPECT_TRUE(get(trusting("next", server), "/"));
}

TEST_F(Tls, ABadPairIsRefusedAndTheOldOneStays) {
  const auto tls = context("good");
  LabServer server(echo, with(tls));
  write_scratch_file(certificates_.certificate("good"), "no certificate");
  const auto changed = tls->reload_if_changed();
  ASSERT_FALSE(changed);
  EXPECT_THAT(changed.error().what, HasSubstr("good.pem"));
  EXPECT_TRUE(get(trusting("ca", server), "/"));
  const auto again = tls->reload_if_changed();
  ASSERT_TRUE(again) << "said once, not at every look";
  EXPECT_FALSE(*again);
}

TEST_F(Tls, PairsThatCantBeUsedAreTheUsersMistake) {
  certificates_.make("other", "ca", "DNS:x");
  const auto mixed =
      TlsServerContext::make(certificates_.certificate("good"), certificates_.key("other"));
  ASSERT_FALSE(mixed);
  EXPECT_EQ(mixed.error().fault, Fault::scenario);
  EXPECT_THAT(mixed.error().what, HasSubstr("other.key"));
  const auto missing =
      TlsServerContext::make(folder_.path() / "none.pem", certificates_.key("good"));
  ASSERT_FALSE(missing);
  EXPECT_THAT(missing.error().what, HasSubstr("none.pem: can't be read"));
  EXPECT_FALSE(make_tls_client_context(folder_.path() / "none.pem"));
}

}  // namespace
}  // namespace luolab
