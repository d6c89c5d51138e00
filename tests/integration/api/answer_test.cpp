// SPDX-License-Identifier: Apache-2.0
// What all answers have in common: tags, codings, pages, limits.
#include <zlib.h>
#include <zstd.h>

#include <set>

#include <fmt/format.h>

#include "tests/integration/api/api_test.h"

namespace luolab {
namespace {

using testing::HasSubstr;

std::string gunzipped(const std::string& bytes) {
  std::string text(std::size_t{1} << 20, '\0');
  z_stream stream{};
  if (::inflateInit2(&stream, 16 + MAX_WBITS) != Z_OK) return "inflateInit2 failed";
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(text.data());
  stream.avail_out = static_cast<uInt>(text.size());
  const int ended = ::inflate(&stream, Z_FINISH);
  text.resize(stream.total_out);
  ::inflateEnd(&stream);
  return ended == Z_STREAM_END ? text : "no gzip";
}

std::string unzstd(const std::string& bytes) {
  std::string text(std::size_t{1} << 20, '\0');
  const std::size_t size = ::ZSTD_decompress(text.data(), text.size(), bytes.data(), bytes.size());
  if (::ZSTD_isError(size)) return "no zstd";
  text.resize(size);
  return text;
}

class Answers : public ApiTest {
 protected:
  void SetUp() override { start(); }

  /// One request over a socket of its own.
  std::string raw(const std::string& request) {
    RawClient socket(port());
    socket.send(request);
    return socket.read_answer();
  }
};

TEST_F(Answers, WhatTheClientHasIsNotSentAgainUntilItChanges) {
  submit();
  ApiClient guest = client();
  const std::string tag = guest.get("/api/v1/runs").fields.get("ETag");
  ASSERT_NE(tag, "");
  const ApiAnswer same = guest.get("/api/v1/runs", fields_of({{"If-None-Match", tag}}));
  EXPECT_EQ(same.status, 304);
  EXPECT_EQ(same.body, "");
  EXPECT_EQ(same.fields.get("ETag"), tag);
  EXPECT_TRUE(tag.starts_with("W/\"")) << "it may go out compressed: " << tag;
  submit();
  const ApiAnswer changed = guest.get("/api/v1/runs", fields_of({{"If-None-Match", tag}}));
  EXPECT_EQ(changed.status, 200);
  EXPECT_NE(changed.fields.get("ETag"), tag);
}

TEST_F(Answers, AreCompressedWhereTheClientTakesIt) {
  const std::string plain = client().get("/api/v1/openapi.json").body;
  const auto with = [&](const std::string& coding) {
    return raw("GET /api/v1/openapi.json HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: " +
               coding + "\r\n\r\n");
  };
  const std::string gzip = with("gzip");
  EXPECT_THAT(gzip, HasSubstr("Content-Encoding: gzip\r\n"));
  EXPECT_EQ(gunzipped(content_of(gzip)), plain);
  const std::string zstd = with("gzip, zstd");
  EXPECT_THAT(zstd, HasSubstr("Content-Encoding: zstd\r\n"));
  EXPECT_EQ(unzstd(content_of(zstd)), plain);
  EXPECT_LT(zstd.size(), plain.size() / 4);
  EXPECT_EQ(content_of(with("br")), plain);
}

TEST_F(Answers, PagesNeitherSkipNorDoubleWhileThingsAreAdded) {
  const std::string run = submit(25);
  ApiClient guest = client();
  std::multiset<std::string> seen;
  std::string cursor;
  do {
    const ApiAnswer page = guest.get("/api/v1/jobs?limit=4" + cursor);
    const boost::json::object body = page.json();
    EXPECT_LE(body.at("items").as_array().size(), 4u);
    for (const auto& job : body.at("items").as_array())
      seen.insert(std::string(job.at("id").as_string()));
    cursor = page.text("next").empty() ? "" : "&cursor=" + page.text("next");
    submit(3);  // newer ones are not on later pages
  } while (!cursor.empty());
  const auto jobs = jobs_of(run);
  EXPECT_EQ(seen, std::multiset<std::string>(jobs.begin(), jobs.end()));
}

TEST_F(Answers, EveryListKeepsToItsLimit) {
  for (const char* list : {"runs", "jobs", "attempts", "phases", "checksums", "measurements",
                           "builds", "fleet-builds", "workers", "leases", "events"}) {
    const std::string target = fmt::format("/api/v1/{}?limit=", list);
    EXPECT_EQ(client().get(target + "200").status, 200) << list;
    for (const char* limit : {"201", "0", "-1", "x", "99999999999999999999"})
      EXPECT_EQ(client().get(target + limit).status, 400) << list << " " << limit;
  }
}

TEST_F(Answers, BadParametersAreNamedWithWhatIsKnown) {
  ApiClient guest = client();
  EXPECT_THAT(guest.get("/api/v1/jobs?state=lost").text("detail"),
              HasSubstr("state: \"lost\" is none of: queued, running, done, canceled"));
  EXPECT_EQ(guest.get("/api/v1/jobs?state=done&state=queued").status, 400);
  EXPECT_EQ(guest.get("/api/v1/phases?cursor=7").status, 400);
  EXPECT_EQ(guest.get("/api/v1/jobs?cursor=x").status, 400);
  EXPECT_EQ(guest.get("/api/v1/search").status, 400);
  EXPECT_EQ(guest.get("/api/v1/events?run=x").status, 400);
}

TEST_F(Answers, AnotherMethodIsToldWhichOnesThereAre) {
  const ApiAnswer answer = client().send("DELETE", "/api/v1/runs");
  EXPECT_EQ(answer.status, 405);
  EXPECT_THAT(answer.fields.get("Allow"), HasSubstr("GET"));
  EXPECT_THAT(answer.fields.get("Allow"), HasSubstr("POST"));
  EXPECT_EQ(client().get("/api/v2/runs").status, 404);
}

TEST_F(Answers, BodiesAndHeadsHaveLimits) {
  const std::string large(std::size_t{2} << 20, 'x');
  EXPECT_EQ(client().send("POST", "/api/v1/runs/1/cancel", large).status, 413);
  EXPECT_NE(client().submit("# " + large + "\n" + scenario()).status, 413);
  const std::string head =
      raw("GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Long: " + std::string(20'000, 'x') +
          "\r\n\r\n");
  EXPECT_EQ(status_of(head), "431");
}

class RateLimits : public ApiTest {};

TEST_F(RateLimits, ATokenThatAsksTooOftenIsToldWhenToComeBack) {
  options_.rate = {.per_second = 0.001, .burst = 3};
  const std::string ann = token("ann", TokenRole::submit);
  const std::string bob = token("bob", TokenRole::read);
  start();
  ApiClient asking = client(ann);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(asking.get("/api/v1/version").status, 200);
  const ApiAnswer refused = asking.get("/api/v1/version");
  EXPECT_EQ(refused.status, 429);
  EXPECT_GE(std::stoi(refused.fields.get("Retry-After")), 1);
  EXPECT_EQ(client(bob).get("/api/v1/version").status, 200);
}

TEST_F(RateLimits, GuessingTokensIsSlowedDownButGoodOnesAreAnswered) {
  options_.rate_without = {.per_second = 0.001, .burst = 3};
  const std::string ann = token("ann", TokenRole::read);
  start();
  ApiClient guessing = client("luolab_wrong");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(guessing.get("/api/v1/version").status, 401);
  const ApiAnswer refused = guessing.get("/api/v1/version");
  EXPECT_EQ(refused.status, 429);
  EXPECT_NE(refused.fields.get("Retry-After"), "");
  EXPECT_EQ(client(ann).get("/api/v1/version").status, 200);
}

}  // namespace
}  // namespace luolab
