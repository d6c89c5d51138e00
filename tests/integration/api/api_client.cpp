// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/api/api_client.h"

#include <stdexcept>

#include <boost/asio/io_context.hpp>
#include <boost/json.hpp>
#include <fmt/format.h>

#include "tests/integration/api/api_service.h"
#include "tests/unit/async/run_task.h"

namespace luolab {

boost::json::object ApiAnswer::json() const { return boost::json::parse(body).as_object(); }

std::string ApiAnswer::text(const std::string& name) const {
  const boost::json::object object = json();
  const auto* member = object.if_contains(name);
  return member != nullptr && member->is_string() ? std::string(member->get_string()) : "";
}

std::string ApiAnswer::problem() const {
  const std::string type = text("type");
  return type.substr(type.find_last_of(":/") + 1);
}

struct ApiClient::Parts {
  Parts(ExchangeLog& to, const HttpClientOptions& options)
      : log(to), client(HttpClient::make(io.get_executor(), options).value()) {}
  ExchangeLog& log;
  asio::io_context io;
  HttpClient client;
};

ApiClient::ApiClient(ExchangeLog& log, std::uint16_t port, std::string token) {
  const HttpClientOptions options{.url = fmt::format("http://127.0.0.1:{}", port),
                                  .token = std::move(token)};
  parts_ = std::make_unique<Parts>(log, options);
}

ApiClient::ApiClient(ApiClient&&) noexcept = default;
ApiClient::~ApiClient() = default;

ApiAnswer ApiClient::send(const std::string& method, const std::string& target,
                          const std::string& body, HttpFields fields) {
  if (!body.empty() && !fields.has("Content-Type")) fields.add("Content-Type", "application/json");
  auto reply = run_task(parts_->io, parts_->client.send(method, target, fields, body, kPatience));
  if (!reply) throw std::runtime_error(method + " " + target + ": " + reply.error().what);
  parts_->log.add({method, target, fields, body, reply->status, reply->fields.get("Content-Type"),
                   reply->body});
  return {reply->status, std::move(reply->fields), std::move(reply->body)};
}

ApiAnswer ApiClient::send(const std::string& method, const std::string& target,
                          const boost::json::object& body) {
  return send(method, target, boost::json::serialize(body));
}

ApiAnswer ApiClient::get(const std::string& target, HttpFields fields) {
  return send("GET", target, "", std::move(fields));
}

ApiAnswer ApiClient::submit(const std::string& yaml, const std::string& query, HttpFields fields) {
  fields.add("Content-Type", "application/yaml");
  return send("POST", "/api/v1/runs" + query, yaml, std::move(fields));
}

boost::json::array ApiClient::all(const std::string& target) {
  boost::json::array items;
  std::string cursor;
  do {
    const char join = target.find('?') == std::string::npos ? '?' : '&';
    const std::string next = cursor.empty() ? "" : fmt::format("{}cursor={}", join, cursor);
    const ApiAnswer page = get(target + next);
    if (page.status != 200) throw std::runtime_error(target + ": " + page.body);
    const boost::json::object whole = page.json();
    for (const auto& item : whole.at("items").as_array()) items.push_back(item);
    cursor = page.text("next");
  } while (!cursor.empty());
  return items;
}

HttpFields fields_of(std::initializer_list<std::pair<std::string, std::string>> pairs) {
  HttpFields fields;
  for (const auto& [name, value] : pairs) fields.add(name, value);
  return fields;
}

}  // namespace luolab
