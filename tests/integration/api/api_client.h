// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include <boost/json/object.hpp>

#include "tests/integration/api/exchange_log.h"

namespace luolab {

struct ApiAnswer {
  int status = 0;
  HttpFields fields;
  std::string body;

  /// The body as a JSON object; throws where it is none.
  boost::json::object json() const;
  /// A member that is text, of the body's object; "" where it is missing or null.
  std::string text(const std::string& name) const;
  /// The problem's type without what is the same for all ("not-found").
  std::string problem() const;
};

/// Somebody who asks a controller, one request at a time, over one connection. Records what was
/// said. Blocks; one thread at a time.
class ApiClient {
 public:
  ApiClient(ExchangeLog& log, std::uint16_t port, std::string token = {});
  ApiClient(ApiClient&&) noexcept;
  ~ApiClient();

  /// Throws std::runtime_error where there was no answer. JSON bodies are marked as such.
  ApiAnswer send(const std::string& method, const std::string& target, const std::string& body = {},
                 HttpFields fields = {});
  ApiAnswer send(const std::string& method, const std::string& target,
                 const boost::json::object& body);
  ApiAnswer get(const std::string& target, HttpFields fields = {});
  /// Submits YAML.
  ApiAnswer submit(const std::string& yaml, const std::string& query = {}, HttpFields fields = {});
  /// All items of a list, page by page.
  boost::json::array all(const std::string& target);

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

/// Fields from pairs.
HttpFields fields_of(std::initializer_list<std::pair<std::string, std::string>> pairs);

}  // namespace luolab
