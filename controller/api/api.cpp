// SPDX-License-Identifier: Apache-2.0
#include "controller/api/api.h"

#include <algorithm>
#include <system_error>

#include <boost/asio/ip/address_v4.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "controller/api/api_error.h"
#include "controller/api/openapi.h"
#include "core/base/sha256.h"
#include "core/http/problem.h"
#include "core/http/target.h"
#include "db/event_writer.h"

namespace luolab {
namespace {

constexpr std::uint64_t kUsualBody = std::uint64_t{1} << 20;

std::string title_of(const std::string& type) {
  std::string title = type;
  std::ranges::replace(title, '-', ' ');
  return title;
}

HttpResponse answer_of(const ApiError& error) {
  HttpResponse response =
      problem(error.status(), error.type(), title_of(error.type()), error.what(), error.members());
  if (error.status() == 401) response.fields.add("WWW-Authenticate", "Bearer realm=\"luolab\"");
  if (const auto* wait = error.members().if_contains("retry_after_seconds"))
    response.fields.add("Retry-After", std::to_string(wait->as_int64()));
  return response;
}

HttpResponse try_again(int status, const char* type, const std::string& detail) {
  return answer_of(ApiError(status, type, detail, {{"retry_after_seconds", std::int64_t{1}}}));
}

/// What the environment did, as the client must know it: whether to try again.
HttpResponse answer_of(const SqliteError& error) {
  switch (error.fault()) {
    case SqliteFault::full:
      return try_again(507, "disk-full", "the controller's disk is full; nothing was changed");
    case SqliteFault::busy:
      return try_again(503, "store-busy",
                       "another process holds the store; nothing was changed, try again");
    default:
      return try_again(
          503, "store-trouble",
          "the controller can't use its store (its log says why); nothing was changed");
  }
}

HttpResponse answer_of(const std::system_error& error) {
  if (error.code() == std::errc::no_space_on_device || error.code().value() == EDQUOT)
    return try_again(507, "disk-full", "the controller's disk is full; nothing was changed");
  return try_again(503, "disk-trouble", "the controller can't use its disk (its log says why)");
}

/// Adds an entity tag, and leaves out content that the client has. The tag is weak: the same answer
/// may go out compressed or not (RFC 9110, 8.8.1), and If-None-Match compares weakly (13.1.2).
void add_etag(const HttpRequest& request, HttpResponse& response) {
  const bool plain = response.status == 200 && !response.file && !response.stream;
  if (request.method != "GET" || !plain || response.fields.has("ETag")) return;
  if (response.fields.get("Cache-Control") == "no-store") return;
  const std::string tag = "\"" + sha256_of(response.body).substr(0, 32) + "\"";
  response.fields.add("ETag", "W/" + tag);
  response.fields.add("Cache-Control", "private, no-cache");
  if (request.fields.get("If-None-Match").find(tag) == std::string::npos) return;
  response.status = 304;
  response.body.clear();
}

bool is_loopback_name(std::string host) {
  if (const auto port = host.rfind(':'); port != std::string::npos && host.back() != ']')
    host.resize(port);
  if (host == "localhost" || host == "[::1]") return true;
  boost::system::error_code error;  // a name may begin like an address
  const auto address = asio::ip::make_address_v4(host, error);
  return !error && address.is_loopback();
}

}  // namespace

Api::Api(ApiParts& parts, Store tokens, ApiOptions options)
    : parts_(parts),
      tokens_(std::move(tokens)),
      options_(options),
      rate_(options.rate),
      rate_without_(options.rate_without) {
  schemas_.add("Problem", {{"type", "object"},
                           {"properties",
                            {{"type", {{"type", "string"}}},
                             {"title", {{"type", "string"}}},
                             {"status", {{"type", "integer"}}},
                             {"detail", {{"type", "string"}}}}},
                           {"required", boost::json::array{"type", "title", "status"}}});
  RouteBook book{parts_, schemas_, routes_};
  for (const auto add :
       {add_operation_routes, add_run_routes, add_gate_routes, add_submit_route, add_job_routes,
        add_attempt_routes, add_report_row_routes, add_console_routes, add_artifact_routes,
        add_build_routes, add_worker_routes, add_fleet_routes, add_token_routes, add_event_routes,
        add_search_route, add_trend_routes})
    add(book);
  book.add({.method = "GET",
            .path = "/api/v1/openapi.json",
            .operation = "openapi",
            .tag = "operations",
            .summary = "This document",
            .open = true,
            .answers = {{200, "OpenAPI 3.1", {{"application/json", {{"type", "object"}}}}}},
            .handle = [this](ApiCall&) -> Task<HttpResponse> {
              HttpResponse response;
              response.fields.add("Content-Type", "application/json");
              response.body = document_;
              co_return response;
            }});
  document_ = boost::json::serialize(openapi_document(routes_, schemas_, parts_.version));
  router_ = std::make_unique<Router>(routes_);
}

Task<HttpResponse> Api::answer(HttpRequest& request) {
  HttpResponse response;
  try {
    response = co_await checked_answer(request);
    add_etag(request, response);
  } catch (const ApiError& error) {
    response = answer_of(error);
  } catch (const SqliteError& error) {
    parts_.log_trouble(error.what());
    response = answer_of(error);
  } catch (const boost::system::system_error&) {
    throw;  // the client is gone, or the server stops
  } catch (const std::system_error& error) {
    parts_.log_trouble(error.what());
    response = answer_of(error);
  }
  response.fields.add("X-Content-Type-Options", "nosniff");
  co_return response;
}

Task<HttpResponse> Api::checked_answer(HttpRequest& request) {
  const RouteMatch match = router_->find(request.method, request.path);
  static const Route kNowhere{.role = TokenRole::read};
  const Route& route = match.route != nullptr ? *match.route : kNowhere;
  const Caller caller = authenticate(request, route);
  if (match.route == nullptr && match.allowed.empty())
    throw ApiError(404, "not-found",
                   "there is nothing at this address (/api/v1/openapi.json names what there is)");
  if (match.route == nullptr) {
    HttpResponse refused = answer_of(
        ApiError(405, "method-not-allowed", fmt::format("this address takes {}", match.allowed)));
    refused.fields.add("Allow", match.allowed);
    co_return refused;
  }
  limit_rate(caller);
  ApiCall call{request, match.path, caller};
  co_return co_await route.handle(call);
}

Caller Api::authenticate(const HttpRequest& request, const Route& route) {
  const std::string secret = bearer_token(request.fields.get("Authorization"));
  if (secret.empty() && request.fields.has("Authorization"))
    throw ApiError(401, "bad-token", "Authorization must be: Bearer TOKEN");
  if (secret.empty()) {
    if (route.open) return {};
    if (needs_token())
      throw ApiError(401, "no-token",
                     "this needs a token (Authorization: Bearer TOKEN); luolab token create makes "
                     "one on the controller");
    refuse_other_origins(request);
    const Caller local{.token = {}, .name = "local", .role = options_.without_token};
    if (!route.open && !allows(local.role, route.role))
      throw ApiError(403, "wrong-role",
                     fmt::format("this process only shows (role {}); its run takes no orders from "
                                 "elsewhere, luolab controller does",
                                 role_name(local.role)));
    return local;
  }
  const std::string digest = token_digest(secret);
  const auto token = tokens_.find_token(digest);
  if (!token || !token->valid(now())) {
    if (const auto wait = rate_without_.take(request.peer, RateLimit::Clock::now()))
      throw ApiError(429, "too-many-requests", "too many requests without a valid token",
                     {{"retry_after_seconds", 1 + wait->count() / 1000}});
    throw ApiError(401, "bad-token",
                   token ? "this token was revoked or has expired" : "this token is not known");
  }
  if (!route.open && !allows(token->role, route.role))
    throw ApiError(403, "wrong-role",
                   fmt::format("this needs a token of role {}; \"{}\" has role {}",
                               role_name(route.role), token->name, role_name(token->role)));
  return {token->id, token->name, token->role};
}

/// A page in somebody's browser could send requests here, under another name for this address too.
void Api::refuse_other_origins(const HttpRequest& request) const {
  const std::string host = request.fields.get("Host");
  if (!is_loopback_name(host))
    throw ApiError(403, "other-host",
                   "without tokens this answers under loopback names alone (localhost, 127.0.0.1)");
  const std::string origin = request.fields.get("Origin");
  if (!origin.empty() && origin != "http://" + host && origin != "https://" + host)
    throw ApiError(403, "other-origin", "pages of another origin may not ask here");
}

/// The first token that is made holds at once, whoever made it.
bool Api::needs_token() const {
  if (options_.require_tokens) return true;
  return std::ranges::any_of(tokens_.tokens(),
                             [time = now()](const TokenRow& token) { return token.valid(time); });
}

void Api::limit_rate(const Caller& caller) {
  if (caller.role == TokenRole::worker || caller.token.value == 0) return;
  const auto wait = rate_.take(std::to_string(caller.token.value), RateLimit::Clock::now());
  if (!wait) return;
  throw ApiError(429, "too-many-requests",
                 fmt::format("more than {} requests a second", options_.rate.per_second),
                 {{"retry_after_seconds", 1 + wait->count() / 1000}});
}

std::uint64_t Api::body_limit(std::string_view method, std::string_view target) const {
  const auto parsed = parse_target(target);
  if (!parsed) return kUsualBody;
  const RouteMatch match = router_->find(method, parsed->path);
  if (match.route == nullptr || match.route->body_limit == 0) return kUsualBody;
  return match.route->body_limit;
}

bool Api::valid(TokenId token) const {
  if (token.value == 0) return !needs_token();
  for (const TokenRow& row : tokens_.tokens()) {
    if (row.id == token) return row.valid(now());
  }
  return false;
}

}  // namespace luolab
