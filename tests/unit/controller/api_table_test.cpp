// SPDX-License-Identifier: Apache-2.0
// Router, schemas and the OpenAPI document, which are made from the table of routes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "controller/api/openapi.h"
#include "controller/api/router.h"
#include "core/protocol/json.h"

namespace luolab {
namespace {

using boost::json::array;
using boost::json::object;

std::vector<Route> sample_routes() {
  return {{.method = "GET", .path = "/api/v1/runs", .operation = "list"},
          {.method = "POST", .path = "/api/v1/runs", .operation = "make"},
          {.method = "GET", .path = "/api/v1/runs/{run}", .operation = "get"},
          {.method = "GET", .path = "/api/v1/runs/last", .operation = "last"},
          {.method = "GET", .path = "/api/v1/runs/{run}/jobs/{job}", .operation = "deep"}};
}

TEST(Router, FindsByMethodAndPathWithTheParameters) {
  const auto routes = sample_routes();
  const Router router(routes);
  const RouteMatch deep = router.find("GET", {"api", "v1", "runs", "7", "jobs", "j8"});
  ASSERT_NE(deep.route, nullptr);
  EXPECT_EQ(deep.route->operation, "deep");
  EXPECT_EQ(deep.path.at("run"), "7");
  EXPECT_EQ(deep.path.at("job"), "j8");
  EXPECT_EQ(router.find("POST", {"api", "v1", "runs"}).route->operation, "make");
}

TEST(Router, AWordGoesBeforeAParameter) {
  const auto routes = sample_routes();
  EXPECT_EQ(Router(routes).find("GET", {"api", "v1", "runs", "last"}).route->operation, "last");
}

TEST(Router, SaysWhichMethodsAPathTakes) {
  const auto routes = sample_routes();
  const Router router(routes);
  const RouteMatch other = router.find("DELETE", {"api", "v1", "runs"});
  EXPECT_EQ(other.route, nullptr);
  EXPECT_EQ(other.allowed, "GET, POST");
  EXPECT_EQ(router.find("GET", {"api", "v1"}).allowed, "");
  EXPECT_EQ(router.find("GET", {"api", "v1", "runs", "7", "jobs"}).route, nullptr);
}

TEST(Router, HeadIsAnsweredByGet) {
  const auto routes = sample_routes();
  EXPECT_EQ(Router(routes).find("HEAD", {"api", "v1", "runs"}).route->operation, "list");
}

enum class Colour { red, green };
BOOST_DESCRIBE_ENUM(Colour, red, green)
struct Inner {
  bool flag = false;
};
BOOST_DESCRIBE_STRUCT(Inner, (), (flag))
struct Sample {
  std::string text;
  std::uint32_t number = 0;
  double real = 0;
  Colour colour = Colour::red;
  std::optional<std::string> maybe;
  std::vector<Inner> list;
  std::map<std::string, std::uint64_t> map;
};
BOOST_DESCRIBE_STRUCT(Sample, (), (text, number, real, colour, maybe, list, map))

TEST(Schema, AStructBecomesAComponentThatIsWrittenWhole) {
  SchemaBook book;
  EXPECT_EQ(book.of<Sample>(), (object{{"$ref", "#/components/schemas/Sample"}}));
  const object components = book.components();
  const object& sample = components.at("Sample").as_object();
  const object& properties = sample.at("properties").as_object();
  EXPECT_EQ(properties.at("text"), (object{{"type", "string"}}));
  EXPECT_EQ(properties.at("number"), (object{{"type", "integer"}}));
  EXPECT_EQ(properties.at("real"), (object{{"type", "number"}}));
  EXPECT_EQ(properties.at("colour").at("enum"), (array{"red", "green"}));
  EXPECT_EQ(properties.at("maybe").at("anyOf").as_array().size(), 2u);
  EXPECT_EQ(properties.at("list").at("items"), SchemaBook::reference("Inner"));
  EXPECT_EQ(properties.at("map").at("additionalProperties"), (object{{"type", "integer"}}));
  EXPECT_EQ(sample.at("required").as_array().size(), 7u);
  EXPECT_EQ(sample.at("additionalProperties"), false);
  EXPECT_TRUE(components.contains("Inner"));
}

TEST(Schema, WhatIsReadMayLeaveOutAndHaveMore) {
  SchemaBook book;
  EXPECT_EQ(book.input_of<Sample>(), SchemaBook::reference("SampleInput"));
  book.of<Inner>();
  const object components = book.components();
  EXPECT_FALSE(components.at("SampleInput").as_object().contains("required"));
  EXPECT_FALSE(components.at("SampleInput").as_object().contains("additionalProperties"));
  EXPECT_TRUE(components.contains("InnerInput"));
  EXPECT_TRUE(components.at("Inner").as_object().contains("required"));
}

TEST(OpenApi, EveryRouteIsThereWithItsParametersRoleAndAnswers) {
  SchemaBook book;
  Route route{.method = "PUT",
              .path = "/api/v1/things/{thing}",
              .operation = "putThing",
              .tag = "things",
              .summary = "Puts it",
              .role = TokenRole::worker,
              .parameters = {{"colour", "of it", {{"type", "string"}}, ParameterPlace::query, true},
                             {"X-Length", "of it", {{"type", "integer"}}, ParameterPlace::header}},
              .body = {{"application/json", book.input_of<Sample>()}},
              .answers = {{204, "taken", {}}}};
  Route open{.method = "GET", .path = "/healthz", .operation = "health", .open = true};
  const object document = openapi_document({route, open}, book, "1.2.3");
  EXPECT_EQ(document.at("openapi"), "3.1.0");
  EXPECT_EQ(document.at("info").at("version"), "1.2.3");
  const auto& operation = document.at("paths").at("/api/v1/things/{thing}").at("put");
  EXPECT_EQ(operation.at("x-luolab-role"), "worker");
  const array& parameters = operation.at("parameters").as_array();
  ASSERT_EQ(parameters.size(), 3u);
  EXPECT_EQ(parameters[0].at("in"), "path");
  EXPECT_EQ(parameters[1].at("required"), true);
  EXPECT_EQ(parameters[2].at("in"), "header");
  EXPECT_EQ(operation.at("requestBody").at("required"), true);
  EXPECT_TRUE(operation.at("responses").as_object().contains("204"));
  EXPECT_TRUE(operation.at("responses").as_object().contains("default"));
  EXPECT_FALSE(operation.at("responses").as_object().contains("304"));
  EXPECT_TRUE(document.at("components").at("schemas").as_object().contains("SampleInput"));
  const auto& health = document.at("paths").at("/healthz").at("get");
  EXPECT_EQ(health.at("x-luolab-role"), "none");
  EXPECT_TRUE(health.at("security").as_array().empty());
}

}  // namespace
}  // namespace luolab
