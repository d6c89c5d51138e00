// SPDX-License-Identifier: Apache-2.0
// The check itself: what does not agree with the document is told.
#include "tests/integration/api/api_test.h"

namespace luolab {
namespace {

using testing::HasSubstr;

class ContractCheck : public ApiTest {
 protected:
  void SetUp() override { start(); }
  std::string told(const Exchange& exchange) {
    ExchangeLog log(folder_.path() / "made-up.jsonl");
    log.add(exchange);
    std::string text = log.disagreements(document_, false);
    std::filesystem::remove(folder_.path() / "made-up.jsonl");
    return text;
  }
  Exchange good_{
      "GET", "/api/v1/version", {}, "", 200, "application/json", R"({"version":"1","api":"v1"})"};
};

TEST_F(ContractCheck, AnAnswerAsDocumentedIsFine) { EXPECT_EQ(told(good_), ""); }

TEST_F(ContractCheck, EveryDepartureIsToldWithItsPlace) {
  Exchange status = good_;
  status.status = 202;
  EXPECT_THAT(told(status), HasSubstr("1: GET /api/v1/version -> 202: status 202"));
  Exchange type = good_;
  type.type = "text/html";
  EXPECT_THAT(told(type), HasSubstr("content type 'text/html'"));
  Exchange more = good_;
  more.body = R"({"version":"1","api":"v1","more":1})";
  EXPECT_THAT(told(more), HasSubstr("more"));
  Exchange less = good_;
  less.body = R"({"version":"1"})";
  EXPECT_THAT(told(less), HasSubstr("'api' is a required property"));
  Exchange route = good_;
  route.target = "/api/v1/versions";
  EXPECT_NE(told(route), "");
  Exchange query = good_;
  query.target = "/api/v1/version?colour=red";
  EXPECT_THAT(told(query), HasSubstr("colour"));
  Exchange problem = good_;
  problem.status = 404;
  EXPECT_THAT(told(problem), HasSubstr("application/problem+json"));
}

}  // namespace
}  // namespace luolab
