// SPDX-License-Identifier: Apache-2.0
#include "controller/api/route.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "controller/api/api_error.h"

namespace luolab {
namespace {

constexpr std::int64_t kUsualPage = 50;
constexpr std::int64_t kLargestPage = 200;

}  // namespace

std::string ApiCall::query(std::string_view name) const {
  const auto [first, last] = http.query.equal_range(std::string(name));
  if (first == last) return {};
  if (std::next(first) != last)
    throw ApiError(400, "bad-parameter", fmt::format("{}: given more than once", name));
  return first->second;
}

std::vector<std::string> ApiCall::queries(std::string_view name) const {
  const auto [first, last] = http.query.equal_range(std::string(name));
  std::vector<std::string> values;
  for (auto entry = first; entry != last; ++entry) values.push_back(entry->second);
  return values;
}

std::optional<std::int64_t> ApiCall::query_number(std::string_view name) const {
  const std::string text = query(name);
  if (text.empty()) return {};
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < 0)
    throw ApiError(400, "bad-parameter", fmt::format("{}: \"{}\" is not a number", name, text));
  return value;
}

bool ApiCall::query_flag(std::string_view name) const {
  const std::string text = query(name);
  if (text.empty()) return http.query.contains(std::string(name));  // "?follow"
  if (text == "true" || text == "1") return true;
  if (text == "false" || text == "0") return false;
  throw ApiError(400, "bad-parameter",
                 fmt::format("{}: \"{}\" is neither true nor false", name, text));
}

std::size_t ApiCall::limit() const {
  const std::int64_t wanted = query_number("limit").value_or(kUsualPage);
  if (wanted < 1 || wanted > kLargestPage)
    throw ApiError(400, "bad-parameter",
                   fmt::format("limit: {} is not within 1 to {}", wanted, kLargestPage));
  return static_cast<std::size_t>(wanted);
}

}  // namespace luolab
