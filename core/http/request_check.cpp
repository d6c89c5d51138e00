// SPDX-License-Identifier: Apache-2.0
#include "core/http/request_check.h"

#include <algorithm>
#include <cctype>
#include <charconv>

#include <boost/algorithm/string/predicate.hpp>
#include <fmt/format.h>

#include "core/http/grammar.h"

namespace luolab {
namespace {

using boost::algorithm::iequals;

constexpr std::size_t kMostFields = 100;

std::optional<Refusal> check_request_line(std::string_view line) {
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == std::string_view::npos || first == last)
    return malformed("the request line is not \"METHOD TARGET HTTP/1.1\"");
  if (!is_token(line.substr(0, first)) || first > 32) return malformed("the method is no token");
  const std::string_view target = line.substr(first + 1, last - first - 1);
  const bool printable =
      std::all_of(target.begin(), target.end(), [](char c) { return c > 0x20 && c < 0x7f; });
  if (target.empty() || !printable)
    return malformed("the target holds a space, a control character or a byte outside ASCII");
  const std::string_view version = line.substr(last + 1);
  if (version == "HTTP/1.1" || version == "HTTP/1.0") return {};
  const bool other = version.starts_with("HTTP/") && version.size() == 8 && version[6] == '.' &&
                     std::isdigit(static_cast<unsigned char>(version[5])) != 0 &&
                     std::isdigit(static_cast<unsigned char>(version[7])) != 0;
  if (other) return Refusal{505, "http-version", "only HTTP/1.1 and HTTP/1.0 are spoken here"};
  return malformed("the request line does not end with HTTP/1.1");
}

std::optional<Refusal> check_field_line(std::string_view line) {
  if (line.front() == ' ' || line.front() == '\t') return malformed("a folded header line");
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return malformed("a header line without colon");
  if (!is_token(line.substr(0, colon)))
    return malformed("a field name that is no token (space before the colon?)");
  if (!is_field_content(line.substr(colon + 1)))
    return malformed(fmt::format("{}: control character in the value", line.substr(0, colon)));
  return {};
}

/// Digits alone; nothing where it is anything else or over 2^63.
std::optional<std::uint64_t> parse_length(std::string_view text) {
  std::uint64_t length = 0;
  const auto end = text.data() + text.size();
  const bool digits =
      std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  const auto parsed = std::from_chars(text.data(), end, length);
  if (text.empty() || !digits || parsed.ec != std::errc() || length >> 63 != 0) return {};
  return length;
}

bool is_host(std::string_view host) {
  return std::all_of(host.begin(), host.end(), [](char c) {
    const auto code = static_cast<unsigned char>(c);
    return code < 0x80 && (std::isalnum(code) != 0 ||
                           std::string_view("-._~:[]%").find(c) != std::string_view::npos);
  });
}

std::optional<Refusal> check_host(int minor, const HttpFields& fields) {
  const std::size_t hosts = fields.count("Host");
  if (hosts > 1) return malformed("several Host fields");
  if (hosts == 0 && minor >= 1) return malformed("no Host field");
  if (!is_host(fields.get("Host"))) return malformed("Host is no host name");
  return {};
}

bool has_option(std::string_view list, std::string_view option) {
  while (!list.empty()) {
    if (iequals(take_item(list, ','), option)) return true;
  }
  return false;
}

std::optional<Refusal> check_framing(int minor, const HttpFields& fields, Framing& framing) {
  const bool coded = fields.has("Transfer-Encoding");
  const std::size_t lengths = fields.count("Content-Length");
  if (coded && minor == 0) return malformed("Transfer-Encoding in HTTP/1.0");
  if (coded && lengths > 0) return malformed("both Content-Length and Transfer-Encoding");
  if (lengths > 1) return malformed("several Content-Length fields");
  if (coded) {
    if (fields.count("Transfer-Encoding") > 1) return malformed("several Transfer-Encoding fields");
    if (!iequals(fields.get("Transfer-Encoding"), "chunked"))
      return Refusal{501, "transfer-coding", "the only transfer coding known here is chunked"};
    framing.chunked = true;
  }
  if (lengths == 1) {
    framing.content_length = parse_length(fields.get("Content-Length"));
    if (!framing.content_length) return malformed("Content-Length is no number of bytes");
  }
  return {};
}

}  // namespace

HeadEnd find_head_end(std::string_view bytes, std::size_t from) {
  for (;;) {
    const std::size_t feed = bytes.find('\n', from);
    if (feed == std::string_view::npos) return {HeadEnd::State::incomplete, bytes.size()};
    if (feed == 0 || bytes[feed - 1] != '\r') return {HeadEnd::State::bare_line_feed, feed};
    if (feed >= 3 && bytes[feed - 2] == '\n') return {HeadEnd::State::complete, feed + 1};
    from = feed + 1;
  }
}

std::optional<Refusal> check_head_lines(std::string_view head) {
  std::size_t count = 0;
  for (bool first = true;; first = false) {
    const std::size_t end = head.find("\r\n");
    if (end == std::string_view::npos) return malformed("the head does not end with an empty line");
    const std::string_view line = head.substr(0, end);
    head.remove_prefix(end + 2);
    if (line.empty() && !first) return {};
    if (!first && ++count > kMostFields)
      return Refusal{431, "too-many-fields", "more than 100 header fields"};
    if (auto refused = first ? check_request_line(line) : check_field_line(line)) return refused;
  }
}

Accepted<Framing> check_fields(int minor, const HttpFields& fields) {
  if (auto refused = check_host(minor, fields)) return *refused;
  Framing framing;
  if (auto refused = check_framing(minor, fields, framing)) return *refused;
  const std::string connection = fields.get("Connection");
  framing.keep_alive =
      minor >= 1 ? !has_option(connection, "close") : has_option(connection, "keep-alive");
  if (fields.has("Expect") && minor >= 1) {
    if (!iequals(fields.get("Expect"), "100-continue"))
      return Refusal{417, "expectation", "the only expectation known here is 100-continue"};
    framing.expects_continue = true;
  }
  return framing;
}

}  // namespace luolab
