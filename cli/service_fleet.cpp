// SPDX-License-Identifier: Apache-2.0
#include "cli/service_fleet.h"

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "core/http/target.h"
#include "core/protocol/json_fields.h"

namespace luolab {
namespace {

constexpr std::chrono::seconds kBetweenLooks{1};

std::string path_of(const std::string& worker) {
  return "/api/v1/workers/" + percent_encoded(worker);
}

ServiceRequest json_request(std::string method, std::string target,
                            const boost::json::object& body) {
  return {.method = std::move(method),
          .target = std::move(target),
          .body = boost::json::serialize(body),
          .content_type = "application/json"};
}

}  // namespace

Result<std::unique_ptr<ServiceFleet>> ServiceFleet::make(asio::any_io_executor executor,
                                                         const ServiceFlags& flags,
                                                         std::chrono::seconds drain_limit) {
  if (const auto client = ServiceClient::make(executor, flags); !client) return client.error();
  return std::unique_ptr<ServiceFleet>(new ServiceFleet(std::move(executor), flags, drain_limit));
}

/// An empty object where what was asked for is not there. A client of its own for each question,
/// since several may be under way.
Task<Result<boost::json::object>> ServiceFleet::ask(ServiceRequest request) {
  auto client = ServiceClient::make(executor_, flags_);
  if (!client) co_return client.error();
  const std::string where = client->url("");
  auto answer = co_await client->ask(std::move(request));
  if (!answer) co_return in_context("controller " + where, answer.error());
  co_return answer->is_object() ? answer->get_object() : boost::json::object();
}

Task<Result<boost::json::object>> ServiceFleet::worker(std::string name) {
  // By the list: it tells a worker that is not there from a controller that says no.
  std::string cursor;
  do {
    std::string target = "/api/v1/workers?limit=200";
    if (!cursor.empty()) target += "&cursor=" + percent_encoded(cursor);
    ServiceRequest request = get_request(std::move(target));
    auto page = co_await ask(std::move(request));
    if (!page) co_return page;
    for (const auto& item : page->at("items").get_array())
      if (text_at(item.get_object(), "name") == name) co_return item.get_object();
    cursor = text_at(*page, "next");
  } while (!cursor.empty());
  co_return boost::json::object();
}

Task<Result<void>> ServiceFleet::set_state(std::string worker, std::string state) {
  const boost::json::object body{{"state", state}};
  ServiceRequest request = json_request("PATCH", path_of(worker), body);
  auto answer = co_await ask(std::move(request));
  if (!answer) co_return answer.error();
  co_return Result<void>();
}

Task<Result<IssuedToken>> ServiceFleet::issue_token(std::string worker) {
  const boost::json::object body{{"name", "worker " + worker}, {"role", "worker"}};
  ServiceRequest request = json_request("POST", "/api/v1/tokens", body);
  auto answer = co_await ask(std::move(request));
  if (!answer) co_return answer.error();
  IssuedToken issued;
  issued.secret = text_at(*answer, "secret");
  issued.id = text_at(object_at(*answer, "token"), "id");
  if (issued.secret.empty()) co_return lab_error("the controller made a token without a secret");
  co_return issued;
}

Task<Result<void>> ServiceFleet::revoke_token(std::string id) {
  ServiceRequest tokens = get_request("/api/v1/tokens");
  const auto list = co_await ask(std::move(tokens));
  if (!list) co_return list.error();
  for (const auto& item : list->at("items").get_array()) {
    const auto& token = item.get_object();
    const auto* const revoked = token.if_contains("revoked");
    if (text_at(token, "id") != id || (revoked != nullptr && !revoked->is_null())) continue;
    ServiceRequest request{.method = "DELETE", .target = "/api/v1/tokens/" + percent_encoded(id)};
    const auto answer = co_await ask(std::move(request));
    if (!answer) co_return answer.error();
  }
  co_return Result<void>();
}

Task<Result<bool>> ServiceFleet::drain(std::string worker) {
  std::string name = worker;
  const auto found = co_await this->worker(std::move(name));
  if (!found) co_return found.error();
  if (found->empty() || text_at(*found, "status") != "online") co_return false;
  std::string state = "draining";
  const auto set = co_await set_state(std::move(worker), std::move(state));
  if (!set) co_return set.error();
  co_return true;
}

Task<Result<void>> ServiceFleet::until_idle(std::string worker) {
  const auto end = std::chrono::steady_clock::now() + drain_limit_;
  asio::steady_timer timer(executor_);
  for (;;) {
    std::string name = worker;
    const auto found = co_await this->worker(std::move(name));
    if (!found) co_return found.error();
    if (found->empty() || text_at(*found, "status") == "offline" || number_at(*found, "busy") == 0)
      co_return Result<void>();
    if (std::chrono::steady_clock::now() >= end) {
      co_return lab_error(fmt::format(
          "worker {} still runs {} attempts after {} s: come again later, or give --drain-wait",
          worker, number_at(*found, "busy"), drain_limit_.count()));
    }
    timer.expires_after(kBetweenLooks);
    co_await timer.async_wait(asio::use_awaitable);
  }
}

Task<Result<void>> ServiceFleet::resume(std::string worker) {
  std::string state = "ready";
  return set_state(std::move(worker), std::move(state));
}

Task<Result<void>> ServiceFleet::forget(std::string worker) {
  std::string name = worker;
  const auto found = co_await this->worker(std::move(name));
  if (!found) co_return found.error();
  if (found->empty()) co_return Result<void>();
  ServiceRequest request{.method = "DELETE", .target = path_of(worker)};
  const auto answer = co_await ask(std::move(request));
  if (!answer) co_return answer.error();
  co_return Result<void>();
}

}  // namespace luolab
