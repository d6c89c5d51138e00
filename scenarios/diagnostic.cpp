// SPDX-License-Identifier: Apache-2.0
#include "scenarios/diagnostic.h"

#include <algorithm>
#include <tuple>

#include <fmt/format.h>

namespace luolab {
namespace {

constexpr std::size_t kLongestShown = 80;

std::size_t cut_before_character(std::string_view text, std::size_t end) {
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return end;
}

auto place_of(const Diagnostic& diagnostic) {
  return std::tie(diagnostic.file, diagnostic.line, diagnostic.column, diagnostic.path);
}

}  // namespace

std::string to_string(const Diagnostic& diagnostic) {
  std::string text = diagnostic.file;
  if (diagnostic.line != 0) text += fmt::format(":{}:{}", diagnostic.line, diagnostic.column);
  if (!diagnostic.path.empty()) text += ": " + diagnostic.path;
  return text + ": " + diagnostic.message;
}

std::string to_string(const std::vector<Diagnostic>& diagnostics) {
  std::string text;
  for (const Diagnostic& diagnostic : diagnostics) text += to_string(diagnostic) + "\n";
  return text;
}

std::vector<Diagnostic> sorted(std::vector<Diagnostic> diagnostics) {
  std::stable_sort(
      diagnostics.begin(), diagnostics.end(),
      [](const Diagnostic& a, const Diagnostic& b) { return place_of(a) < place_of(b); });
  diagnostics.erase(std::unique(diagnostics.begin(), diagnostics.end()), diagnostics.end());
  return diagnostics;
}

std::string in_quotes(std::string_view value) {
  const bool cut = value.size() > kLongestShown;
  if (cut) value = value.substr(0, cut_before_character(value, kLongestShown));
  std::string shown = "\"";
  for (const char character : value) {
    const auto byte = static_cast<unsigned char>(character);
    if (byte < 0x20 || byte == 0x7F) {
      shown += fmt::format("\\x{:02x}", byte);
    } else {
      shown += character;
    }
  }
  return shown + (cut ? "...\"" : "\"");
}

}  // namespace luolab
