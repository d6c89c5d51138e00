// SPDX-License-Identifier: Apache-2.0
#include "controller/api/openapi.h"

#include <algorithm>
#include <cctype>

#include <boost/json/array.hpp>
#include <fmt/format.h>

namespace luolab {
namespace {

using boost::json::array;
using boost::json::object;

constexpr const char* kProblem = "application/problem+json";

object content_json(const std::vector<Content>& contents) {
  object json;
  for (const Content& content : contents) {
    json[content.type] = content.schema.empty() ? object{} : object{{"schema", content.schema}};
  }
  return json;
}

std::vector<std::string> path_parameters(const std::string& path) {
  std::vector<std::string> names;
  for (std::size_t at = path.find('{'); at != std::string::npos; at = path.find('{', at + 1))
    names.push_back(path.substr(at + 1, path.find('}', at) - at - 1));
  return names;
}

array parameters_json(const Route& route) {
  array json;
  for (const std::string& name : path_parameters(route.path)) {
    json.push_back(object{
        {"name", name}, {"in", "path"}, {"required", true}, {"schema", {{"type", "string"}}}});
  }
  for (const Parameter& parameter : route.parameters) {
    json.push_back(object{{"name", parameter.name},
                          {"in", parameter.place == ParameterPlace::query ? "query" : "header"},
                          {"description", parameter.description},
                          {"required", parameter.required},
                          {"schema", parameter.schema}});
  }
  return json;
}

/// Whether answers come with an ETag (Api adds them).
bool has_tag(const Route& route) {
  return route.method == "GET" && route.path.starts_with("/api/");
}

object responses_json(const Route& route) {
  object json;
  for (const Answer& answer : route.answers) {
    object response{{"description", answer.description}};
    if (!answer.content.empty()) response["content"] = content_json(answer.content);
    json[std::to_string(answer.status)] = std::move(response);
  }
  if (has_tag(route)) json["304"] = {{"description", "it is as the client's If-None-Match has it"}};
  json["default"] = {{"description", "a problem (RFC 9457)"},
                     {"content", {{kProblem, {{"schema", SchemaBook::reference("Problem")}}}}}};
  return json;
}

object operation_json(const Route& route) {
  object json{{"operationId", route.operation},
              {"tags", array{route.tag}},
              {"summary", route.summary},
              {"x-luolab-role", route.open ? "none" : role_name(route.role)},
              {"parameters", parameters_json(route)},
              {"responses", responses_json(route)}};
  if (!route.body.empty())
    json["requestBody"] = {{"required", !route.body_optional},
                           {"content", content_json(route.body)}};
  json["security"] = route.open ? array{} : array{object{{"bearer", array{}}}};
  return json;
}

}  // namespace

object openapi_document(const std::vector<Route>& routes, const SchemaBook& schemas,
                        const std::string& version) {
  object paths;
  for (const Route& route : routes) {
    std::string method = route.method;
    std::ranges::transform(method, method.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    auto& item = paths[route.path];
    if (!item.is_object()) item = object{};
    item.get_object()[method] = operation_json(route);
  }
  return {{"openapi", "3.1.0"},
          {"info",
           {{"title", "luolab controller"},
            {"version", version},
            {"license", {{"name", "Apache-2.0"}, {"identifier", "Apache-2.0"}}}}},
          {"paths", std::move(paths)},
          {"components",
           {{"schemas", schemas.components()},
            {"securitySchemes", {{"bearer", {{"type", "http"}, {"scheme", "bearer"}}}}}}}};
}

}  // namespace luolab
