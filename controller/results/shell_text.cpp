// SPDX-License-Identifier: Apache-2.0
#include "controller/results/shell_text.h"

#include <cstdint>

#include <fmt/format.h>
#include <nettle/base64.h>

#include "core/base/sha256.h"

namespace luolab {
namespace {

constexpr std::size_t kBytesOfLine = 57;  // 76 letters (RFC 2045)

/// A here-document whose end can't be in the text: it is named by the text's digest.
std::string here_document(std::string_view command, std::string_view text) {
  const std::string end = "END_" + sha256_of(text).substr(0, 16);
  return fmt::format("{} <<'{}'\n{}{}{}\n", command, end, text, text.ends_with('\n') ? "" : "\n",
                     end);
}

}  // namespace

std::string shell_file(std::string_view name, std::string_view text) {
  return here_document(fmt::format("cat >\"$folder\"/{}", name), text);
}

std::string shell_binary(std::string_view name, std::string_view bytes) {
  std::string text;
  while (!bytes.empty()) {
    const std::string_view piece = bytes.substr(0, kBytesOfLine);
    std::string line(BASE64_ENCODE_RAW_LENGTH(piece.size()), '\0');
    base64_encode_raw(line.data(), piece.size(),
                      reinterpret_cast<const std::uint8_t*>(piece.data()));
    text += line + '\n';
    bytes.remove_prefix(piece.size());
  }
  return here_document(fmt::format("base64 -d >\"$folder\"/{}", name), text);
}

}  // namespace luolab
