// SPDX-License-Identifier: Apache-2.0
#include "core/http/problem.h"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

namespace luolab {
namespace {

TEST(Problem, SaysWhatIsWrongToProgramsAndPeople) {
  const HttpResponse response =
      problem(409, "stale", "Stale attempt", "attempt 7 \"ended\"", {{"attempt", 7}});
  EXPECT_EQ(response.status, 409);
  EXPECT_EQ(response.fields.get("Content-Type"), "application/problem+json");
  const auto body = boost::json::parse(response.body).as_object();
  EXPECT_EQ(body.at("type"), "urn:luolab:problem:stale");
  EXPECT_EQ(body.at("title"), "Stale attempt");
  EXPECT_EQ(body.at("status"), 409);
  EXPECT_EQ(body.at("detail"), "attempt 7 \"ended\"");
  EXPECT_EQ(body.at("attempt"), 7);
}

TEST(Problem, WithoutDetailThereIsNoSuchMember) {
  const HttpResponse response = problem(404, "not-found", "Not Found");
  EXPECT_FALSE(boost::json::parse(response.body).as_object().contains("detail"));
}

}  // namespace
}  // namespace luolab
