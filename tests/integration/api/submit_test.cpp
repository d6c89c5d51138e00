// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "scenarios/loader.h"
#include "tests/integration/api/api_test.h"

namespace luolab {
namespace {

using testing::HasSubstr;

class Submit : public ApiTest {
 protected:
  void SetUp() override { start(); }
};

TEST_F(Submit, ErrorsAreThoseOfLintWithLineAndColumn) {
  std::string wrong = scenario();
  wrong.replace(wrong.find("4KiB"), 4, "4KX");
  wrong.replace(wrong.find("hops: 1"), 7, "hop: 1");
  const LoadResult linted = load_scenarios(wrong, "wrong.yaml", &shipped_catalog());
  ASSERT_GE(linted.errors.size(), 2u);
  const ApiAnswer answer = client().submit(wrong, "?name=wrong.yaml");
  EXPECT_EQ(answer.status, 422);
  EXPECT_EQ(answer.problem(), "bad-scenario");
  const boost::json::object body = answer.json();
  std::vector<std::string> told;
  for (const auto& error : body.at("errors").as_array()) {
    told.emplace_back(error.at("text").as_string());
    EXPECT_GT(error.at("line").to_number<int>(), 1);
    EXPECT_GT(error.at("column").to_number<int>(), 1);
  }
  std::vector<std::string> expected;
  for (const Diagnostic& error : linted.errors) expected.push_back(to_string(error));
  EXPECT_EQ(told, expected);
  EXPECT_TRUE(client().all("/api/v1/runs").empty());
}

TEST_F(Submit, WhatCanNotBeReadSaysWhatItMustBe) {
  ApiClient ann = client();
  EXPECT_EQ(ann.send("POST", "/api/v1/runs", "{", {}).status, 400);
  const HttpFields png = fields_of({{"Content-Type", "image/png"}});
  EXPECT_EQ(ann.send("POST", "/api/v1/runs", "x", png).status, 415);
  EXPECT_EQ(ann.submit(scenario(), "?colour=red").status, 400);
  EXPECT_EQ(ann.submit(scenario(), "?priority=101").status, 422);
  EXPECT_EQ(ann.submit(scenario(), "?priority=high").status, 400);
  EXPECT_EQ(ann.submit("", "").status, 422);
  const HttpFields form = fields_of({{"Content-Type", "multipart/form-data"}});
  EXPECT_EQ(ann.send("POST", "/api/v1/runs", "x", form).status, 400);
}

TEST_F(Submit, ABaseThatIsAPathOfOneMachineIsRefusedWithTheRemedy) {
  const ApiAnswer answer = client().submit(scenario(), "?base=prebuilt:/boot/vmlinuz");
  EXPECT_EQ(answer.status, 422);
  EXPECT_THAT(answer.text("detail"), HasSubstr("vmlinuz"));
}

TEST_F(Submit, TheSameKeyMakesOneRunAlsoAcrossARestart) {
  const HttpFields key = fields_of({{"Idempotency-Key", "nightly-17"}});
  const ApiAnswer first = client().submit(scenario(), "", key);
  EXPECT_EQ(first.status, 201);
  restart();
  const ApiAnswer second = client().submit(scenario(), "", key);
  EXPECT_EQ(second.status, 200);
  EXPECT_EQ(second.text("run"), first.text("run"));
  EXPECT_TRUE(second.json().at("repeated").as_bool());
  EXPECT_EQ(client().all("/api/v1/runs").size(), 1u);
}

TEST_F(Submit, TheSameKeyWithAnotherRequestIsAConflictThatNamesTheRun) {
  const HttpFields key = fields_of({{"Idempotency-Key", "k"}});
  const std::string run = client().submit(scenario(), "", key).text("run");
  for (const std::string query : {"?priority=60", ""}) {
    const ApiAnswer other = client().submit(scenario(query.empty() ? 2 : 1), query, key);
    EXPECT_EQ(other.status, 409);
    EXPECT_EQ(other.problem(), "idempotency-conflict");
    EXPECT_THAT(other.text("detail"), HasSubstr("run " + run));
  }
  EXPECT_EQ(client().all("/api/v1/runs").size(), 1u);
}

TEST_F(Submit, ANewerRevisionEndsTheOlderOneAndNoOther) {
  const auto revision = [&](const std::string& key, int number) {
    return submit(1, fmt::format("?series_key={}&revision={}", key, number));
  };
  const std::string first = revision("a", 1);
  const std::string other = revision("b", 1);
  const std::string second = revision("a", 2);
  const std::string late = revision("a", 1);
  EXPECT_EQ(run(first).at("superseded_by").as_string(), second);
  EXPECT_EQ(run(other).at("state").as_string(), "running");
  EXPECT_EQ(run(second).at("state").as_string(), "running");
  EXPECT_EQ(run(late).at("state").as_string(), "running");
}

TEST_F(Submit, CancellingEndsAllJobsHoweverMany) {
  const std::string run = submit(4500);
  const ApiAnswer canceled = client().send("POST", "/api/v1/runs/" + run + "/cancel");
  EXPECT_EQ(canceled.json().at("jobs").to_number<int>(), 4500);
  EXPECT_EQ(this->run(run).at("state").as_string(), "done");
  EXPECT_EQ(client().get("/api/v1/status").json().at("waiting").to_number<int>(), 0);
}

TEST_F(Submit, ASupersededRunEndsHoweverManyJobsItHas) {
  const std::string older = submit(4500, "?series_key=a&revision=1");
  submit(1, "?series_key=a&revision=2");
  EXPECT_EQ(run(older).at("state").as_string(), "done");
  EXPECT_EQ(client().get("/api/v1/status").json().at("waiting").to_number<int>(), 1);
}

}  // namespace
}  // namespace luolab
