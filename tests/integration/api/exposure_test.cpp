// SPDX-License-Identifier: Apache-2.0
// What must not get in, and what must not get out.
#include <fmt/format.h>

#include "controller/access/token.h"
#include "tests/integration/api/api_test.h"
#include "tests/integration/http/http_lab.h"

namespace luolab {
namespace {

using testing::HasSubstr;
using testing::Not;

class Exposure : public ApiTest {
 protected:
  std::string raw(const std::string& request) {
    RawClient socket(port());
    socket.send(request);
    return socket.read_answer();
  }
  std::string get(const std::string& target, const std::string& host,
                  const std::string& fields = {}) {
    return raw(fmt::format("GET {} HTTP/1.1\r\nHost: {}\r\n{}\r\n", target, host, fields));
  }
  static std::string bearer(const std::string& secret) {
    return "Authorization: Bearer " + secret + "\r\n";
  }
};

TEST_F(Exposure, WithoutTokensOnlyLoopbackNamesAreAnswered) {
  start();
  for (const char* host :
       {"localhost", "localhost:7480", "127.0.0.1", "127.0.0.2:80", "[::1]:1", "[::1]"})
    EXPECT_EQ(status_of(get("/api/v1/runs", host)), "200") << host;
  for (const char* host : {"evil.example", "evil.example:7480", "localhost.evil.example",
                           "127.0.0.1.evil.example", "10.0.0.1", "[::2]", "127.evil.example"})
    EXPECT_EQ(status_of(get("/api/v1/runs", host)), "403") << host;
}

TEST_F(Exposure, TheFirstTokenHoldsAtOnceAndEndsStreamsThatHaveNone) {
  start();
  EXPECT_EQ(client().get("/api/v1/runs").status, 200);
  EventReader open = events("/api/v1/events?after=0");
  const std::string boss = token("boss", TokenRole::admin);
  EXPECT_EQ(client().get("/api/v1/runs").status, 401);
  EXPECT_EQ(client(boss).get("/api/v1/runs").status, 200);
  const std::string run = client(boss).submit(scenario()).text("run");
  EXPECT_FALSE(run.empty());
  while (const auto event = open.next())  // until the stream ends
    EXPECT_EQ(event->data.find("\"run\":\"" + run + "\""), std::string::npos);
  ASSERT_TRUE(store().revoke_token(token_id(boss)));
  EXPECT_EQ(client().get("/api/v1/runs").status, 200) << "no token is left, as before the first";
}

TEST_F(Exposure, PagesOfOtherOriginsAreRefusedAndNothingIsShared) {
  start();
  const std::string own =
      get("/api/v1/runs", "localhost:7480", "Origin: http://localhost:7480\r\n");
  EXPECT_EQ(status_of(own), "200");
  EXPECT_THAT(own, Not(HasSubstr("Access-Control")));
  for (const char* origin : {"http://evil.example", "null", "http://localhost:9999",
                             "http://localhost:7480.evil.example"}) {
    const std::string answer =
        get("/api/v1/runs", "localhost:7480", fmt::format("Origin: {}\r\n", origin));
    EXPECT_EQ(status_of(answer), "403") << origin;
    EXPECT_THAT(answer, Not(HasSubstr("Access-Control"))) << origin;
  }
  const std::string asked =
      raw("OPTIONS /api/v1/runs HTTP/1.1\r\nHost: localhost\r\nOrigin: http://evil.example\r\n"
          "Access-Control-Request-Method: POST\r\n\r\n");
  EXPECT_NE(status_of(asked), "200");
  EXPECT_THAT(asked, Not(HasSubstr("Access-Control")));
}

TEST_F(Exposure, WhatCanBeReadInTwoWaysReachesNoRoute) {
  admin_ = token("boss", TokenRole::admin);
  start();
  const std::string common =
      "Host: localhost\r\n" + bearer(admin_) + "Content-Type: application/yaml\r\n";
  const std::string hidden = "POST /api/v1/runs HTTP/1.1\r\n" + common +
                             "Content-Length: " + std::to_string(scenario().size()) + "\r\n\r\n" +
                             scenario();
  for (const std::string lengths :
       {"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
        "Content-Length: 0\r\nContent-Length: 5\r\n", "Transfer-Encoding : chunked\r\n",
        "Transfer-Encoding: xchunked\r\n", "Content-Length: +5\r\n"}) {
    RawClient socket(port());
    socket.send("POST /api/v1/runs/1/cancel HTTP/1.1\r\n" + common + lengths + "\r\n0\r\n\r\n" +
                hidden);
    socket.finish();
    const std::string all = socket.read_all();
    EXPECT_THAT(status_of(all), testing::AnyOf("400", "501")) << lengths;
    EXPECT_THAT(all, Not(HasSubstr("/api/v1/runs/1"))) << lengths;
  }
  EXPECT_TRUE(client(admin_).all("/api/v1/runs").empty());
}

TEST_F(Exposure, APathHasOneMeaning) {
  admin_ = token("boss", TokenRole::admin);
  start();
  for (const char* path :
       {"/api/v1/../../etc/passwd", "/api/v1/./runs", "/api/v1/%2e%2e/runs", "/api/v1/runs%2f1",
        "/api/v1/artifacts/..%2f..%2fluolab.db", "/api/v1/runs/1%00", "/api/v1/runs\\1",
        "//api/v1/runs", "/api/v1//runs", "/api/v1/runs/", "/API/v1/runs", "/api/v1/runs/%zz",
        "/healthz/../api/v1/tokens", "/healthz;/api/v1/tokens"}) {
    const std::string answer = get(path, "localhost", bearer(admin_));
    EXPECT_THAT(status_of(answer), testing::AnyOf("400", "404")) << path;
    EXPECT_THAT(answer, HasSubstr("application/problem+json")) << path;
  }
}

TEST_F(Exposure, NoTokenIsInAnyAnswerLogEventOrFile) {
  admin_ = token("boss", TokenRole::admin);
  start();
  ApiClient boss = client(admin_);
  const std::string made =
      boss.send("POST", "/api/v1/tokens", boost::json::object{{"name", "ann"}, {"role", "submit"}})
          .text("secret");
  const std::string lab = token("lab", TokenRole::worker);
  client(made).submit(scenario());
  SimulatedWorker worker = connected("w1", lab);
  worker.work(Verdict::PASS);
  client(made + "x").get("/api/v1/runs");
  for (const std::string target :
       {"/api/v1/tokens", "/api/v1/events", "/metrics", "/api/v1/workers",
        "/api/v1/runs/1/results?format=junit", "/api/v1/attempts/a1", "/api/v1/search?q=luolab"})
    EXPECT_EQ(boss.get(target).status, 200) << target;
  std::string answers = exchanges_.answers();
  const auto shown = answers.find(made);
  ASSERT_NE(shown, std::string::npos);  // when it was made
  answers.erase(shown, made.size());
  stop();
  std::string files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(state_))
    if (entry.is_regular_file()) files += read_file(entry.path()).value();
  for (const std::string& secret : {admin_, made, lab}) {
    EXPECT_EQ(answers.find(secret), std::string::npos);
    EXPECT_EQ(log_.text().find(secret), std::string::npos);
    EXPECT_EQ(files.find(secret), std::string::npos);
  }
}

TEST_F(Exposure, ATokenRevokedByAnotherProcessIsRefusedAtOnceAndItsStreamsEnd) {
  admin_ = token("boss", TokenRole::admin);
  const std::string guest = token("guest", TokenRole::read);
  start();
  SimulatedWorker worker = connected("w1", token("lab", TokenRole::worker));
  submit();
  const LeaseGrant grant = worker.lease();
  worker.console(grant.attempt, 0, "first\n");
  EventReader all = events("/api/v1/events?after=0", bearer(guest));
  EXPECT_TRUE(all.next("job.started"));
  EventReader console = events(attempt_path(grant.attempt, "/console"), bearer(guest));
  EXPECT_EQ(console.next("line").value().data, "first");

  ASSERT_TRUE(store().revoke_token(token_id(guest)));
  EXPECT_EQ(client(guest).get("/api/v1/runs").status, 401);
  worker.console(grant.attempt, 6, "second\n");
  EXPECT_FALSE(console.next());
  const std::string later = submit();
  while (const auto event = all.next())
    EXPECT_EQ(event->data.find("\"run\":\"" + later + "\""), std::string::npos);
}

TEST_F(Exposure, AnAddressThatIsNotLoopbackNeedsTlsAndTokens) {
  options_.address = "0.0.0.0";
  EXPECT_THAT([&] { start(); },
              testing::ThrowsMessage<std::runtime_error>(HasSubstr("--insecure-plain-network")));
  LabCertificates certificates(folder_.path());
  certificates.make_authority("ca");
  certificates.make("lab", "ca", "IP:127.0.0.1");
  options_.tls_certificate = certificates.certificate("lab");
  options_.tls_key = certificates.key("lab");
  EXPECT_THAT([&] { start(); },
              testing::ThrowsMessage<std::runtime_error>(
                  AllOf(HasSubstr("there is no token yet"), HasSubstr("luolab token create"))));
  token("boss", TokenRole::admin);
  start();
  stop();
  options_.tls_certificate.clear();
  options_.plain_network = true;
  start();
  EXPECT_EQ(client().get("/healthz").status, 200);
}

TEST_F(Exposure, AnotherControllerOfTheSameFolderIsRefused) {
  start();
  KeptLog log;
  EXPECT_THAT([&] { ApiService(state_, options_, log); },
              testing::ThrowsMessage<std::runtime_error>(HasSubstr("another controller")));
}

}  // namespace
}  // namespace luolab
