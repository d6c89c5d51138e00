// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/api/document.h"

#include <algorithm>

#include <boost/algorithm/string/case_conv.hpp>
#include <boost/algorithm/string/replace.hpp>
#include <boost/json.hpp>

namespace luolab {
namespace {

using boost::json::object;

object resolved(const object& schema, const object& document) {
  const auto* reference = schema.if_contains("$ref");
  if (reference == nullptr) return schema;
  const std::string text(reference->as_string());
  const std::string name = text.substr(text.rfind('/') + 1);
  return document.at("components").at("schemas").at(name).as_object();
}

DocumentedOperation operation_of(const std::string& path, const std::string& method,
                                 const object& description, const object& document) {
  DocumentedOperation operation{.id = std::string(description.at("operationId").as_string()),
                                .method = boost::algorithm::to_upper_copy(method),
                                .path = path,
                                .role = std::string(description.at("x-luolab-role").as_string())};
  for (const auto& parameter : description.at("parameters").as_array()) {
    if (parameter.at("in").as_string() == "header")
      operation.headers.emplace_back(parameter.at("name").as_string());
  }
  const auto* body = description.if_contains("requestBody");
  if (body == nullptr) return operation;
  for (const auto& [type, content] : body->at("content").as_object()) {
    if (operation.body_type.empty() || type == "application/json") {
      operation.body_type = type;
      const auto* schema = content.as_object().if_contains("schema");
      if (schema != nullptr) operation.body_schema = resolved(schema->as_object(), document);
    }
  }
  return operation;
}

}  // namespace

std::string DocumentedOperation::sample_target() const {
  std::string target = path;
  for (const auto& [parameter, value] : std::initializer_list<std::pair<std::string, std::string>>{
           {"{run}", "900"},
           {"{job}", "j900"},
           {"{attempt}", "a900"},
           {"{gate}", "g900"},
           {"{token}", "900"},
           {"{worker}", "nobody"},
           {"{sha256}", std::string(64, 'f')},
           {"{key}", std::string(64, 'e')}})
    boost::algorithm::replace_all(target, parameter, value);
  return target;
}

bool DocumentedOperation::names_attempt() const {
  const auto* properties = body_schema.if_contains("properties");
  const bool in_body = properties != nullptr && properties->as_object().contains("attempt");
  return path.find("{attempt}") != std::string::npos || in_body ||
         std::ranges::find(headers, "Luolab-Attempt") != headers.end();
}

std::vector<DocumentedOperation> operations_of(const std::string& text) {
  const object document = boost::json::parse(text).as_object();
  std::vector<DocumentedOperation> operations;
  for (const auto& [path, item] : document.at("paths").as_object()) {
    for (const auto& [method, description] : item.as_object())
      operations.push_back(operation_of(path, method, description.as_object(), document));
  }
  return operations;
}

}  // namespace luolab
