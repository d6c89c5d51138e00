// SPDX-License-Identifier: Apache-2.0
// How the controller serves the dashboard's files.
#include <fmt/format.h>

#include "controller/dashboard/dashboard_files.h"
#include "tests/integration/api/api_test.h"

namespace luolab {
namespace {

using testing::HasSubstr;
using testing::Not;

class DashboardFiles : public ApiTest {
 protected:
  std::string get(const std::string& target, const std::string& fields = {}) {
    RawClient socket(port());
    socket.send(fmt::format("GET {} HTTP/1.1\r\nHost: localhost\r\n{}\r\n", target, fields));
    return socket.read_answer();
  }
  static std::string field(const std::string& answer, const std::string& name) {
    const auto at = answer.find("\r\n" + name + ": ");
    if (at == std::string::npos) return {};
    const auto from = at + name.size() + 4;
    return answer.substr(from, answer.find("\r\n", from) - from);
  }
  static std::string script() {
    for (const DashboardFile& file : dashboard_files()) {
      if (file.path.starts_with("/assets/main-") && file.path.ends_with(".js"))
        return std::string(file.path);
    }
    return {};
  }
};

TEST_F(DashboardFiles, EveryPageOfItIsTheStartPage) {
  start();
  for (const char* page : {"/", "/runs", "/runs/12", "/jobs/j34", "/runs?cursor=9"}) {
    const std::string answer = get(page);
    EXPECT_EQ(status_of(answer), "200") << page;
    EXPECT_EQ(field(answer, "Content-Type"), "text/html; charset=utf-8") << page;
    EXPECT_THAT(answer, HasSubstr(script())) << page;
  }
}

TEST_F(DashboardFiles, WhatIsNoneOfItStaysTheApis) {
  start();
  EXPECT_EQ(status_of(get("/assets/none.js")), "404");
  EXPECT_EQ(field(get("/nowhere"), "Content-Type"), "application/problem+json");
  const std::string lost = get("/nowhere", "Accept: text/html\r\n");
  EXPECT_EQ(status_of(lost), "404");
  EXPECT_EQ(field(lost, "Content-Type"), "text/html; charset=utf-8");
  EXPECT_EQ(field(get("/api/v1/runs"), "Content-Type"), "application/json");
  EXPECT_EQ(status_of(get("/healthz")), "200");
}

TEST_F(DashboardFiles, NothingInlineAndNothingOfOtherOriginsMayRun) {
  start();
  const std::string policy = field(get("/"), "Content-Security-Policy");
  EXPECT_THAT(policy, HasSubstr("default-src 'none'"));
  EXPECT_THAT(policy, HasSubstr("script-src 'self'"));
  EXPECT_THAT(policy, HasSubstr("frame-ancestors 'none'"));
  EXPECT_THAT(policy, Not(HasSubstr("unsafe")));
  EXPECT_EQ(field(get("/"), "X-Content-Type-Options"), "nosniff");
}

TEST_F(DashboardFiles, AssetsAreKeptForEverAndTheStartPageIsAskedForAgain) {
  start();
  EXPECT_THAT(field(get(script()), "Cache-Control"), HasSubstr("immutable"));
  EXPECT_EQ(field(get("/"), "Cache-Control"), "no-cache");
}

TEST_F(DashboardFiles, EachCodingHasItsStrongTag) {
  start();
  const std::string plain = field(get(script()), "ETag");
  const std::string gzip = get(script(), "Accept-Encoding: gzip\r\n");
  const std::string zstd = get(script(), "Accept-Encoding: gzip, zstd\r\n");
  EXPECT_EQ(field(gzip, "Content-Encoding"), "gzip");
  EXPECT_EQ(field(zstd, "Content-Encoding"), "zstd");
  EXPECT_EQ(field(gzip, "Vary"), "Accept-Encoding");
  EXPECT_THAT(plain, testing::StartsWith("\""));
  EXPECT_NE(field(gzip, "ETag"), plain);
  EXPECT_NE(field(gzip, "ETag"), field(zstd, "ETag"));
  EXPECT_EQ(status_of(get(script(), "If-None-Match: " + plain + "\r\n")), "304");
  EXPECT_EQ(status_of(get(script(), "If-None-Match: " + field(gzip, "ETag") + "\r\n")), "200");
}

TEST_F(DashboardFiles, ItIsServedWithoutATokenAndShowsNothingByItself) {
  token("somebody", TokenRole::read);
  start();
  EXPECT_EQ(status_of(get("/")), "200");
  EXPECT_EQ(status_of(get("/api/v1/runs")), "401");
}

}  // namespace
}  // namespace luolab
