// SPDX-License-Identifier: Apache-2.0
#include "core/http/byte_range.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>

#include "core/http/grammar.h"

namespace luolab {
namespace {

/// Digits alone; a number too large for 64 bits is the largest one.
std::optional<std::uint64_t> parse_position(std::string_view text) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (text.empty() || !std::all_of(text.begin(), text.end(), is_digit)) return {};
  std::uint64_t position = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), position);
  if (parsed.ec != std::errc()) return std::numeric_limits<std::uint64_t>::max();
  return position;
}

}  // namespace

ByteRange parse_byte_range(std::string_view range, std::uint64_t size_bytes) {
  const ByteRange whole{ByteRange::Kind::whole, 0, size_bytes};
  const ByteRange unsatisfiable{ByteRange::Kind::unsatisfiable, 0, 0};
  const std::size_t equals = range.find('=');
  if (equals == std::string_view::npos || small_letters(range.substr(0, equals)) != "bytes")
    return whole;
  range = trimmed(range.substr(equals + 1));
  const std::size_t dash = range.find('-');
  if (dash == std::string_view::npos || range.find(',') != std::string_view::npos) return whole;
  const auto first = parse_position(range.substr(0, dash));
  const auto last = parse_position(range.substr(dash + 1));
  if (dash == 0) {  // the last so many bytes
    if (!last) return whole;
    const std::uint64_t length = std::min(*last, size_bytes);
    if (length == 0) return unsatisfiable;
    return {ByteRange::Kind::part, size_bytes - length, length};
  }
  const bool open = dash + 1 == range.size();
  if (!first || (!last && !open) || (last && *last < *first)) return whole;
  if (*first >= size_bytes) return unsatisfiable;
  const std::uint64_t end = open ? size_bytes - 1 : std::min(*last, size_bytes - 1);
  return {ByteRange::Kind::part, *first, end - *first + 1};
}

}  // namespace luolab
