// SPDX-License-Identifier: Apache-2.0
#include "controller/results/safe_text.h"

#include <algorithm>
#include <cstdint>

namespace luolab {
namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";  // U+FFFD
constexpr char kEscape = '\x1b';

std::uint8_t byte_at(std::string_view text, std::size_t at) {
  return at < text.size() ? static_cast<std::uint8_t>(text[at]) : std::uint8_t{0};
}

bool continues(std::uint8_t byte) { return (byte & 0xc0) == 0x80; }

/// Bytes of the character at `at`; 0 where there is none. Source: RFC 3629, section 4.
std::size_t character_size(std::string_view text, std::size_t at) {
  const std::uint8_t first = byte_at(text, at);
  const std::uint8_t second = byte_at(text, at + 1);
  const bool third = continues(byte_at(text, at + 2));
  if (first < 0x80) return 1;
  if (!continues(second)) return 0;
  if (first >= 0xc2 && first <= 0xdf) return 2;
  if (first >= 0xe0 && first <= 0xef) {
    const bool overlong = first == 0xe0 && second < 0xa0;
    const bool surrogate = first == 0xed && second >= 0xa0;
    return third && !overlong && !surrogate ? 3 : 0;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    const bool overlong = first == 0xf0 && second < 0x90;
    const bool too_large = first == 0xf4 && second >= 0x90;
    return third && continues(byte_at(text, at + 3)) && !overlong && !too_large ? 4 : 0;
  }
  return 0;
}

/// Control characters of ASCII and of Latin-1 (U+0080 to U+009F).
bool is_control(std::string_view character) {
  const std::uint8_t first = byte_at(character, 0);
  return first < 0x20 || first == 0x7f || (first == 0xc2 && byte_at(character, 1) < 0xa0);
}

/// Bytes of the escape sequence at `at`: CSI (ECMA-48, 5.4), or the escape alone.
std::size_t escape_size(std::string_view text, std::size_t at) {
  if (byte_at(text, at + 1) != '[') return 1;
  std::size_t end = at + 2;
  while (end < text.size() && (byte_at(text, end) < 0x40 || byte_at(text, end) > 0x7e)) ++end;
  return std::min(end + 1, text.size()) - at;
}

/// XML 1.0 has no U+FFFE and U+FFFF (section 2.2).
std::string without_noncharacters(std::string text) {
  for (const std::string_view forbidden : {"\xef\xbf\xbe", "\xef\xbf\xbf"}) {
    for (std::size_t at = text.find(forbidden); at != std::string::npos;
         at = text.find(forbidden, at)) {
      text.replace(at, forbidden.size(), kReplacement);
    }
  }
  return text;
}

}  // namespace

std::string valid_utf8(std::string_view text) {
  std::string valid;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t size = character_size(text, at);
    valid += size == 0 ? kReplacement : text.substr(at, size);
    at += std::max<std::size_t>(size, 1);
  }
  return valid;
}

std::string printable_block(std::string_view raw) {
  const std::string text = valid_utf8(raw);
  std::string block;
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] == kEscape) {
      at += escape_size(text, at);
      continue;
    }
    const std::string_view character = std::string_view(text).substr(at, character_size(text, at));
    const bool keep = character == "\n" || character == "\t" || !is_control(character);
    if (character != "\r") block += keep ? character : " ";
    at += character.size();
  }
  return block;
}

std::string one_line(std::string_view text) {
  std::string line = printable_block(text);
  std::replace_if(
      line.begin(), line.end(), [](char c) { return c == '\n' || c == '\t'; }, ' ');
  const auto first = line.find_first_not_of(' ');
  if (first == std::string::npos) return {};
  return line.substr(first, line.find_last_not_of(' ') - first + 1);
}

std::string xml_text(std::string_view text) {
  std::string xml;
  for (const char c : without_noncharacters(printable_block(text))) {
    switch (c) {
      case '&':
        xml += "&amp;";
        break;
      case '<':
        xml += "&lt;";
        break;
      case '>':
        xml += "&gt;";
        break;
      case '"':
        xml += "&quot;";
        break;
      case '\'':
        xml += "&apos;";
        break;
      default:
        xml += c;
    }
  }
  return xml;
}

std::size_t text_width(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return !continues(static_cast<std::uint8_t>(c)); }));
}

}  // namespace luolab
