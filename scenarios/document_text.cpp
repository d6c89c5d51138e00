// SPDX-License-Identifier: Apache-2.0
#include "scenarios/document_text.h"

#include <algorithm>
#include <string>

#include <boost/locale/utf.hpp>
#include <fmt/format.h>

#include "core/base/quantity.h"

namespace luolab {
namespace {

Diagnostic at_offset(std::string_view text, std::string_view file, std::size_t offset,
                     std::string message) {
  const std::string_view before = text.substr(0, offset);
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const std::size_t start = before.rfind('\n') + 1;  // npos + 1 is 0
  return {std::string(file), static_cast<std::uint32_t>(line),
          static_cast<std::uint32_t>(offset - start + 1), "", std::move(message)};
}

bool is_forbidden(unsigned char byte) {
  return byte == 0x7F || (byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r');
}

std::optional<Diagnostic> refusal_of_bytes(std::string_view text, std::string_view file) {
  using Utf8 = boost::locale::utf::utf_traits<char>;
  for (auto at = text.begin(); at != text.end();) {
    const auto offset = static_cast<std::size_t>(at - text.begin());
    const auto byte = static_cast<unsigned char>(*at);
    if (is_forbidden(byte)) {
      return at_offset(
          text, file, offset,
          fmt::format("byte 0x{:02x} at offset {} is no text; scenarios are YAML in UTF-8", byte,
                      offset));
    }
    const auto point = Utf8::decode(at, text.end());
    if (point == boost::locale::utf::illegal || point == boost::locale::utf::incomplete) {
      return at_offset(
          text, file, offset,
          fmt::format("byte 0x{:02x} at offset {} is not UTF-8 (save the file as UTF-8)", byte,
                      offset));
    }
  }
  return {};
}

}  // namespace

std::optional<Diagnostic> refusal_of_text(std::string_view text, std::string_view file) {
  if (text.size() > kLargestDocumentBytes) {
    return Diagnostic{
        std::string(file), 0, 0, "",
        fmt::format("{} is over the limit of {} for scenarios (split the file)",
                    format_size_rounded(text.size()), format_size_rounded(kLargestDocumentBytes))};
  }
  return refusal_of_bytes(text, file);
}

}  // namespace luolab
