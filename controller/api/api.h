// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "controller/access/rate_limit.h"
#include "controller/api/api_parts.h"
#include "controller/api/router.h"

namespace luolab {

struct ApiOptions {
  /// Every request needs a token. Else requests without one are the local admin's, as long as the
  /// store has no valid token; for loopback addresses alone, where pages of other origins are
  /// refused.
  bool require_tokens = false;
  TokenRole without_token = TokenRole::admin;         ///< what those local requests may do
  Rate rate{.per_second = 100, .burst = 400};         ///< of each token of role read or submit
  Rate rate_without{.per_second = 20, .burst = 100};  ///< of each address whose token is no good
};

/// The REST API: finds the route, checks who asks and how often, and turns what handlers throw into
/// problems. One thread.
class Api {
 public:
  /// `tokens`: a connection to the store for looking up tokens, used from this thread; a look takes
  /// some microseconds, and sees a revocation at once, whoever made it.
  Api(ApiParts& parts, Store tokens, ApiOptions options);
  Task<HttpResponse> answer(HttpRequest& request);
  /// What a request's body may have at most.
  std::uint64_t body_limit(std::string_view method, std::string_view target) const;
  const std::vector<Route>& routes() const { return routes_; }
  const std::string& document() const { return document_; }
  /// Whether the token is still good (0: nobody's).
  bool valid(TokenId token) const;

 private:
  Task<HttpResponse> checked_answer(HttpRequest& request);
  Caller authenticate(const HttpRequest& request, const Route& route);
  bool needs_token() const;
  void limit_rate(const Caller& caller);
  void refuse_other_origins(const HttpRequest& request) const;

  ApiParts& parts_;
  Store tokens_;
  ApiOptions options_;
  RateLimit rate_;
  RateLimit rate_without_;
  SchemaBook schemas_;
  std::vector<Route> routes_;
  std::unique_ptr<Router> router_;
  std::string document_;
};

}  // namespace luolab
