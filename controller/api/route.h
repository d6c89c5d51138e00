// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

#include "controller/access/token.h"
#include "core/http/message.h"
#include "db/record.h"

namespace luolab {

/// Who asks.
struct Caller {
  TokenId token;     ///< 0: nobody in particular, on a loopback address
  std::string name;  ///< the token's; "local" for nobody in particular
  TokenRole role = TokenRole::read;
};

/// A request on its way through a route. Lives as long as its answer is made.
struct ApiCall {
  HttpRequest& http;
  std::map<std::string, std::string> path;  ///< the pattern's parameters
  Caller caller;

  /// The query's only value; empty where it is missing. Bad values throw ApiError (400).
  std::string query(std::string_view name) const;
  std::vector<std::string> queries(std::string_view name) const;
  std::optional<std::int64_t> query_number(std::string_view name) const;
  bool query_flag(std::string_view name) const;
  /// `limit` of a list: 50 where it is missing, at most 200.
  std::size_t limit() const;
};

/// Where a parameter that is not in the path is.
enum class ParameterPlace { query, header };

struct Parameter {
  std::string name;
  std::string description;
  boost::json::object schema{{"type", "string"}};
  ParameterPlace place = ParameterPlace::query;
  bool required = false;
};

/// Content of a request or an answer; the schema is empty for bytes.
struct Content {
  std::string type = "application/json";
  boost::json::object schema;
};

struct Answer {
  int status = 200;
  std::string description;
  std::vector<Content> content;
};

/// One operation of the API, with all that its description and its checks need. Everything that is
/// served is in one table of these: router, OpenAPI document and access checks are made from it.
struct Route {
  std::string method;     ///< "GET" also answers HEAD
  std::string path;       ///< "/api/v1/jobs/{id}"
  std::string operation;  ///< operationId
  std::string tag;
  std::string summary;
  TokenRole role = TokenRole::read;
  bool open = false;  ///< asks for no token
  std::vector<Parameter> parameters;
  std::vector<Content> body;  ///< what it takes; none: no body
  bool body_optional = false;
  std::uint64_t body_limit = 0;
  std::vector<Answer> answers;  ///< besides the problems that every route may have
  std::function<Task<HttpResponse>(ApiCall&)> handle;
};

}  // namespace luolab
