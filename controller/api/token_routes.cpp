// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include "controller/api/api_error.h"
#include "controller/api/api_parts.h"
#include "db/event_writer.h"

namespace luolab {
namespace {

struct TokenOrder {
  std::string name;
  TokenRole role = TokenRole::read;
  std::optional<std::int64_t> expires_in_seconds;
};
BOOST_DESCRIBE_STRUCT(TokenOrder, (), (name, role, expires_in_seconds))

Task<HttpResponse> list_tokens(ApiParts& parts) {
  auto question = [](Store& store) { return store.tokens(); };
  const auto tokens = co_await parts.reader.read(question);
  boost::json::array items;
  for (const TokenRow& token : tokens) items.push_back(to_json(resource_of(token)));
  co_return json_answer(boost::json::object{{"items", std::move(items)}, {"next", nullptr}});
}

Task<HttpResponse> create_token(ApiParts& parts, const ApiCall& call) {
  const auto order = body_as<TokenOrder>(call);
  if (order.name.empty() || order.name.size() > 100)
    throw_bad_body("name must have 1 to 100 bytes");
  const std::string secret = new_token();
  NewToken token{order.name, order.role, token_digest(secret), {}};
  if (order.expires_in_seconds)
    token.expires = now() + std::chrono::seconds{*order.expires_in_seconds};
  auto change = [token](Store& store) {
    store.add_token(token);
    return store.find_token(token.sha256);
  };
  const auto row = co_await parts.writer.write(change);
  HttpResponse response = answer_with(NewTokenResource{resource_of(*row), secret}, 201);
  response.fields.add("Cache-Control", "no-store");
  co_return response;
}

Task<HttpResponse> revoke(ApiParts& parts, const ApiCall& call) {
  const std::string& text = call.path.at("token");
  const auto id = parse_run_id(text);  // a row number like any other
  if (!id) throw_not_found("token", text);
  auto change = [token = TokenId{id->value}](Store& store) { return store.revoke_token(token); };
  if (!co_await parts.writer.write(change)) throw_not_found("token that is valid", text);
  co_return nothing();
}

}  // namespace

void add_token_routes(RouteBook& book) {
  ApiParts& parts = book.parts;
  book.add({.method = "GET",
            .path = "/api/v1/tokens",
            .operation = "listTokens",
            .tag = "tokens",
            .summary = "Tokens, without their secrets",
            .role = TokenRole::admin,
            .answers = {{200, "all of them", {book.page<TokenResource>()}}},
            .handle = [&parts](ApiCall&) { return list_tokens(parts); }});
  book.add({.method = "POST",
            .path = "/api/v1/tokens",
            .operation = "createToken",
            .tag = "tokens",
            .summary = "Makes a token; its secret is shown this once",
            .role = TokenRole::admin,
            .body = {book.input<TokenOrder>()},
            .answers = {{201, "the token and its secret", {book.json<NewTokenResource>()}}},
            .handle = [&parts](ApiCall& call) { return create_token(parts, call); }});
  book.add({.method = "DELETE",
            .path = "/api/v1/tokens/{token}",
            .operation = "revokeToken",
            .tag = "tokens",
            .summary = "Revokes a token at once",
            .role = TokenRole::admin,
            .answers = {{204, "it is good for nothing any more", {}}},
            .handle = [&parts](ApiCall& call) { return revoke(parts, call); }});
}

}  // namespace luolab
