// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include <boost/json.hpp>

#include "core/base/error.h"
#include "core/protocol/described_json.h"

namespace boost::json {

// Durations travel as whole nanoseconds. Found by lookup in the tag's namespace.
inline void tag_invoke(const value_from_tag&, value& json,
                       const std::chrono::nanoseconds& duration) {
  json = duration.count();
}
inline result<std::chrono::nanoseconds> tag_invoke(
    const try_value_to_tag<std::chrono::nanoseconds>&, const value& json) {
  const auto count = try_value_to<std::int64_t>(json);
  if (!count) return count.error();
  return std::chrono::nanoseconds{*count};
}

}  // namespace boost::json

namespace luolab {

/// A described struct (Job, AttemptReport, ...) as JSON: one member per field, enums by name,
/// durations as nanoseconds. The inverse is `from_json`.
template <class T>
boost::json::value to_json(const T& thing) {
  return boost::json::value_from(thing);
}

/// What an older luolab wrote is read as well: a member that is missing keeps its default, and one
/// that is not known is passed over. Fault::bug where the JSON is of another shape: both ends are
/// luolab.
template <class T>
Result<T> from_json(std::string_view text) {
  boost::system::error_code code;
  const boost::json::value json = boost::json::parse(text, code);
  if (code) return Error{Fault::bug, code, "not JSON: " + code.message()};
  T thing{};
  if (!read_described(json, thing))
    return bug_error("unexpected JSON: not what luolab writes for this");
  return thing;
}

/// Indented by two spaces, keys in the order of the struct, for people and diffs.
std::string pretty(const boost::json::value& json);

}  // namespace luolab
