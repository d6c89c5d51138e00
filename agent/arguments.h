// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/failure.h"
#include "agent/json.h"
#include "core/wire/layout.h"
#include "core/wire/pattern.h"

namespace luolab {

/// Reads the members of a request, by name and type. A missing or wrong member gives an empty value
/// and is remembered: read all, then ask for `problem()` once, before acting on any.
/// Borrows the request.
class Arguments {
 public:
  explicit Arguments(const Json& request) : request_(request) {}

  std::string text(std::string_view field);
  std::string text_or(std::string_view field, std::string_view otherwise);
  std::uint64_t number(std::string_view field);
  std::uint64_t number_or(std::string_view field, std::uint64_t otherwise);
  std::int64_t signed_number(std::string_view field);
  bool has(std::string_view field) const { return find(field) != nullptr; }
  bool flag(std::string_view field);                       ///< false where it is missing
  std::vector<std::string> texts(std::string_view field);  ///< empty where it is missing
  Json object(std::string_view field);
  std::vector<Json> objects(std::string_view field);

  /// "pattern" by name; empty where it is missing.
  std::optional<PagePattern> pattern();
  /// "layout" with the given size; without the member, all pages are data.
  Layout layout(std::uint64_t size_bytes);

  /// The first thing that was wrong: EINVAL, naming the member and what it should be.
  const std::optional<Failure>& problem() const { return problem_; }
  /// Remembers a problem that the caller found.
  void reject(const std::string& detail);

 private:
  const Json* find(std::string_view field) const;
  const Json* require(std::string_view field);
  std::vector<Extent> extents(const Json& layout);

  const Json& request_;
  std::optional<Failure> problem_;
};

}  // namespace luolab
