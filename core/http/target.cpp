// SPDX-License-Identifier: Apache-2.0
#include "core/http/target.h"

#include <algorithm>
#include <cctype>
#include <charconv>

#include <fmt/format.h>

namespace luolab {
namespace {

constexpr std::size_t kMostBytes = 8 << 10;
constexpr std::size_t kMostParameters = 256;

bool is_control(char c) {
  const auto code = static_cast<unsigned char>(c);
  return code < 0x20 || code == 0x7f;
}

bool holds_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), is_control);
}

Accepted<std::string> parse_segment(std::string_view raw) {
  std::optional<std::string> segment = percent_decoded(raw, false);
  if (!segment) return malformed(fmt::format("path segment \"{}\": invalid escape", raw));
  if (segment->find('/') != std::string::npos)
    return malformed(fmt::format("path segment \"{}\": encoded slash", raw));
  if (holds_control(*segment))
    return malformed(fmt::format("path segment \"{}\": control character", raw));
  if (*segment == "." || *segment == "..") return malformed("dot segment in the path");
  return std::move(*segment);
}

std::optional<Refusal> parse_path(std::string_view path, std::vector<std::string>& segments) {
  if (path == "/") return {};
  while (!path.empty()) {
    path.remove_prefix(1);
    const std::size_t slash = std::min(path.find('/'), path.size());
    Accepted<std::string> segment = parse_segment(path.substr(0, slash));
    if (!segment) return segment.error();
    segments.push_back(std::move(*segment));
    path.remove_prefix(slash);
  }
  return {};
}

std::optional<Refusal> parse_query(std::string_view query,
                                   std::multimap<std::string, std::string>& parameters) {
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view pair = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (pair.empty()) continue;
    const std::size_t equals = std::min(pair.find('='), pair.size());
    auto name = percent_decoded(pair.substr(0, equals), true);
    auto value = percent_decoded(pair.substr(std::min(equals + 1, pair.size())), true);
    if (!name || !value) return malformed(fmt::format("query \"{}\": invalid escape", pair));
    if (name->find('\0') != std::string::npos || value->find('\0') != std::string::npos)
      return malformed(fmt::format("query \"{}\": NUL", pair));
    if (parameters.size() == kMostParameters) return malformed("more than 256 query parameters");
    parameters.emplace(std::move(*name), std::move(*value));
  }
  return {};
}

}  // namespace

std::optional<std::string> percent_decoded(std::string_view text, bool plus_is_space) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus_is_space) {
      decoded += ' ';
    } else if (text[i] != '%') {
      decoded += text[i];
    } else {
      const std::string_view digits = text.substr(i + 1, 2);
      unsigned code = 0;
      const auto end = digits.data() + digits.size();
      if (digits.size() != 2 || std::from_chars(digits.data(), end, code, 16).ptr != end) return {};
      decoded += static_cast<char>(code);
      i += 2;
    }
  }
  return decoded;
}

std::string percent_encoded(std::string_view text) {
  std::string encoded;
  for (const char c : text) {
    const auto code = static_cast<unsigned char>(c);
    if (std::isalnum(code) != 0 || std::string_view("-._~").find(c) != std::string_view::npos) {
      encoded += c;
    } else {
      encoded += fmt::format("%{:02X}", code);
    }
  }
  return encoded;
}

Accepted<RequestTarget> parse_target(std::string_view target) {
  if (target.size() > kMostBytes) return Refusal{414, "target-too-long", "target over 8 KiB"};
  if (!target.starts_with('/')) return malformed("the target must be a path that begins with /");
  if (target.find('#') != std::string_view::npos) return malformed("fragment in the target");
  if (holds_control(target)) return malformed("control character in the target");
  RequestTarget parsed;
  const std::size_t mark = std::min(target.find('?'), target.size());
  if (auto refused = parse_path(target.substr(0, mark), parsed.path)) return *refused;
  const std::string_view query = target.substr(std::min(mark + 1, target.size()));
  if (auto refused = parse_query(query, parsed.query)) return *refused;
  return parsed;
}

}  // namespace luolab
