// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <optional>
#include <string_view>

#include <boost/describe/enum_from_string.hpp>
#include <boost/describe/enum_to_string.hpp>

#include "db/filter.h"
#include "db/record.h"
#include "db/sqlite.h"

namespace luolab {

// How values lie in columns: enums by name, times as nanoseconds, "nothing" as NULL.

/// Of a CHECKed column.
template <class Enum>
Enum enum_column(const Statement& row, int column) {
  Enum value{};
  boost::describe::enum_from_string(row.text(column).c_str(), value);
  return value;
}

template <class Enum>
std::string_view enum_text(Enum value) {
  return boost::describe::enum_to_string(value, "");
}

template <class Enum>
std::optional<std::string_view> enum_text(const std::optional<Enum>& value) {
  return value ? std::optional(enum_text(*value)) : std::nullopt;
}

inline std::optional<TimePoint> time_column(const Statement& row, int column) {
  return row.is_null(column) ? std::nullopt : std::optional(TimePoint{row.duration(column)});
}

template <class Id>
std::optional<Id> id_column(const Statement& row, int column) {
  return row.is_null(column) ? std::nullopt : std::optional(Id{row.integer(column)});
}

template <class Id>
std::optional<std::int64_t> id_value(const std::optional<Id>& id) {
  return id ? std::optional(id->value) : std::nullopt;
}

/// NULL where empty.
inline std::optional<std::string_view> text_value(std::string_view text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

/// The verdict of a CHECKed column. Throws SqliteError (corrupt) where it is none.
Verdict verdict_column(const Statement& row, int column);

inline std::size_t page_limit(std::size_t limit) { return std::min(limit, kLongestPage); }

}  // namespace luolab
