// SPDX-License-Identifier: Apache-2.0
#include "controller/api/api_parts.h"

#include <fmt/format.h>

#include "controller/api/api_error.h"
#include "controller/results/report_json.h"

namespace luolab {

HttpResponse json_answer(const boost::json::value& json, int status) {
  HttpResponse response;
  response.status = status;
  response.fields.add("Content-Type", "application/json");
  response.body = boost::json::serialize(valid_json(json));
  return response;
}

HttpResponse nothing() {
  HttpResponse response;
  response.status = 204;
  return response;
}

void throw_bad_body(const std::string& why) {
  throw ApiError(400, "bad-body", "the body is not what this takes: " + why);
}

void throw_not_found(const std::string& what, const std::string& id) {
  throw ApiError(404, "not-found", fmt::format("there is no {} {}", what, id));
}

RunId run_in_path(const ApiCall& call) {
  const auto id = parse_run_id(call.path.at("run"));
  if (!id) throw_not_found("run", call.path.at("run"));
  return *id;
}

JobId job_in_path(const ApiCall& call) {
  const auto id = parse_job_id(call.path.at("job"));
  if (!id) throw_not_found("job", call.path.at("job"));
  return *id;
}

AttemptId attempt_in_path(const ApiCall& call) {
  const auto id = parse_attempt_id(call.path.at("attempt"));
  if (!id) throw_not_found("attempt", call.path.at("attempt"));
  return *id;
}

void throw_unknown_word(std::string_view name, const std::string& word,
                        const std::vector<std::string>& known) {
  throw ApiError(400, "bad-parameter",
                 fmt::format("{}: \"{}\" is none of: {}", name, word, fmt::join(known, ", ")));
}

std::optional<std::int64_t> cursor_of(const ApiCall& call) { return call.query_number("cursor"); }

std::vector<Parameter> list_parameters(std::vector<Parameter> filters) {
  filters.push_back({"limit",
                     "so many items at most (50; at most 200)",
                     {{"type", "integer"}, {"minimum", 1}, {"maximum", 200}}});
  filters.push_back({"cursor", "`next` of the page before"});
  return filters;
}

}  // namespace luolab
