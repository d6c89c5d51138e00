// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <mutex>
#include <string>
#include <vector>

#include "core/http/client.h"

namespace luolab {

/// One request and its answer.
struct Exchange {
  std::string method;
  std::string target;
  HttpFields request_fields;
  std::string request_body;
  int status = 0;
  std::string type;  ///< Content-Type of the answer
  std::string body;  ///< bytes that are no UTF-8 are left out of the record
};

/// What was said between the tests and a controller, one JSON object a line, so that it can be held
/// against the OpenAPI document (tests/contract/openapi_check.py). Any thread.
class ExchangeLog {
 public:
  explicit ExchangeLog(std::filesystem::path file) : file_(std::move(file)) {}

  void add(const Exchange& exchange);
  /// What does not agree with the document; empty: all does. `cover` also asks that every operation
  /// was answered with each of its successes.
  std::string disagreements(const std::string& document, bool cover) const;
  bool empty() const { return count_ == 0; }
  /// All bodies and header fields of answers so far, for searching.
  std::string answers() const;

 private:
  std::filesystem::path file_;
  mutable std::mutex mutex_;
  std::size_t count_ = 0;
  std::string answers_;
};

}  // namespace luolab
