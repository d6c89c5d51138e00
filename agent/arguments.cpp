// SPDX-License-Identifier: Apache-2.0
#include "agent/arguments.h"

#include <cerrno>
#include <limits>

namespace luolab {
namespace {

std::string named(std::string_view field, std::string_view words) {
  return std::string(field) + ": " + std::string(words);
}

}  // namespace

void Arguments::reject(const std::string& detail) {
  if (!problem_) problem_ = Failure{"request", EINVAL, detail};
}

const Json* Arguments::find(std::string_view field) const {
  const auto found = request_.find(field);
  return found == request_.end() ? nullptr : &*found;
}

const Json* Arguments::require(std::string_view field) {
  const Json* const value = find(field);
  if (value == nullptr) reject(named(field, "is missing"));
  return value;
}

std::string Arguments::text(std::string_view field) {
  const Json* const value = require(field);
  if (value == nullptr) return {};
  if (!value->is_string()) reject(named(field, "must be a string, is " + to_line(*value)));
  return value->is_string() ? value->get<std::string>() : std::string();
}

std::string Arguments::text_or(std::string_view field, std::string_view otherwise) {
  return find(field) == nullptr ? std::string(otherwise) : text(field);
}

std::uint64_t Arguments::number(std::string_view field) {
  const Json* const value = require(field);
  if (value == nullptr) return 0;
  if (value->is_number_unsigned()) return value->get<std::uint64_t>();
  if (value->is_number_integer() && value->get<std::int64_t>() >= 0)
    return value->get<std::uint64_t>();
  reject(named(field, "must be a whole number from 0 to 2^64-1, is " + to_line(*value)));
  return 0;
}

std::int64_t Arguments::signed_number(std::string_view field) {
  const Json* const value = require(field);
  if (value == nullptr) return 0;
  if (value->is_number_integer()) return value->get<std::int64_t>();
  reject(named(field, "must be a whole number, is " + to_line(*value)));
  return 0;
}

std::uint64_t Arguments::number_or(std::string_view field, std::uint64_t otherwise) {
  return find(field) == nullptr ? otherwise : number(field);
}

bool Arguments::flag(std::string_view field) {
  const Json* const value = find(field);
  if (value == nullptr) return false;
  if (!value->is_boolean()) reject(named(field, "must be true or false, is " + to_line(*value)));
  return value->is_boolean() && value->get<bool>();
}

std::vector<std::string> Arguments::texts(std::string_view field) {
  std::vector<std::string> words;
  const Json* const value = find(field);
  if (value == nullptr) return words;
  if (!value->is_array())
    reject(named(field, "must be an array of strings, is " + to_line(*value)));
  if (!value->is_array()) return words;
  for (const Json& word : *value) {
    if (word.is_string()) {
      words.push_back(word.get<std::string>());
    } else {
      reject(named(field, "must hold strings only, holds " + to_line(word)));
    }
  }
  return words;
}

Json Arguments::object(std::string_view field) {
  const Json* const value = require(field);
  if (value != nullptr && value->is_object()) return *value;
  if (value != nullptr) reject(named(field, "must be an object, is " + to_line(*value)));
  return Json::object();
}

std::vector<Json> Arguments::objects(std::string_view field) {
  const Json* const value = require(field);
  if (value == nullptr) return {};
  if (!value->is_array()) {
    reject(named(field, "must be an array of objects, is " + to_line(*value)));
    return {};
  }
  return value->get<std::vector<Json>>();
}

std::optional<PagePattern> Arguments::pattern() {
  if (find("pattern") == nullptr) return std::nullopt;
  const std::string name = text("pattern");
  const auto pattern = parse_pattern(name);
  if (!pattern) reject("pattern: \"" + name + "\" is none of zero, random, records");
  return pattern;
}

std::vector<Extent> Arguments::extents(const Json& layout) {
  std::vector<Extent> found;
  Arguments fields(layout);
  if (!layout.contains("fallocated")) return found;
  for (const Json& item : fields.objects("fallocated")) {
    Arguments extent(item);
    found.push_back({extent.number("offset"), extent.number("length")});
    if (extent.problem()) reject("layout.fallocated." + extent.problem()->detail);
  }
  if (fields.problem()) reject("layout." + fields.problem()->detail);
  return found;
}

Layout Arguments::layout(std::uint64_t size_bytes) {
  Layout layout{size_bytes, 0, 0, {}};
  if (const Json* const value = find("layout")) {
    constexpr std::uint64_t kMost = std::numeric_limits<std::uint32_t>::max();
    if (!value->is_object()) reject("layout: must be an object, is " + to_line(*value));
    Arguments fields(*value);
    const std::uint64_t pages = fields.number_or("hole_pages", 0);
    const std::uint64_t period = fields.number_or("hole_period", 0);
    if (pages > kMost || period > kMost)
      fields.reject("hole_pages, hole_period: must be below 2^32");
    if (fields.problem()) reject("layout." + fields.problem()->detail);
    layout.hole_pages = static_cast<std::uint32_t>(pages);
    layout.hole_period = static_cast<std::uint32_t>(period);
    layout.fallocated = extents(*value);
  }
  if (const auto problem = layout_problem(layout)) reject(*problem);
  return layout;
}

}  // namespace luolab
