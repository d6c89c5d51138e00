// SPDX-License-Identifier: Apache-2.0
#include "db/digest_column.h"

namespace luolab {
namespace {

constexpr std::string_view kDigits = "0123456789abcdef";

}  // namespace

DigestValue digest_value(std::string_view text) {
  const bool is_hex = text.find_first_not_of(kDigits) == std::string_view::npos;
  if (text.empty() || text.size() % 2 != 0 || !is_hex) return std::string(text);
  std::vector<std::uint8_t> bytes;
  bytes.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    bytes.push_back(
        static_cast<std::uint8_t>(kDigits.find(text[i]) << 4 | kDigits.find(text[i + 1])));
  }
  return bytes;
}

std::string digest_text(std::string_view bytes) {
  std::string text;
  text.reserve(2 * bytes.size());
  for (const char byte : bytes) {
    text += kDigits[static_cast<std::uint8_t>(byte) >> 4];
    text += kDigits[static_cast<std::uint8_t>(byte) & 15];
  }
  return text;
}

}  // namespace luolab
