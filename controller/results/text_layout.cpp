// SPDX-License-Identifier: Apache-2.0
#include "controller/results/text_layout.h"

#include <algorithm>

#include <fmt/format.h>

#include "controller/results/safe_text.h"

namespace luolab {
namespace {

constexpr std::string_view kEllipsis = "\xe2\x80\xa6";  // U+2026

/// Bytes of the first `width` characters.
std::size_t prefix_size(std::string_view text, std::size_t width) {
  std::size_t size = 0;
  for (std::size_t seen = 0; size < text.size(); ++size) {
    const bool starts_character = (static_cast<unsigned char>(text[size]) & 0xc0) != 0x80;
    if (starts_character && seen++ == width) break;
  }
  return size;
}

/// Bytes of the first line: up to the last space that fits, or as much as fits.
std::size_t line_size(std::string_view text, std::size_t width) {
  const std::size_t fits = prefix_size(text, width);
  if (fits == text.size() || text[fits] == ' ') return fits;
  const std::size_t space = text.substr(0, fits).rfind(' ');
  return space == std::string_view::npos || space == 0 ? fits : space;
}

}  // namespace

std::string pad(std::string_view text, std::size_t width) {
  const std::size_t have = text_width(text);
  return std::string(text) + std::string(width > have ? width - have : 0, ' ');
}

std::string shorten(std::string_view text, std::size_t width) {
  const std::size_t have = text_width(text);
  if (have <= width) return std::string(text);
  if (width < 2) return std::string(kEllipsis).substr(0, width == 0 ? 0 : kEllipsis.size());
  const std::size_t left = width / 2;
  const std::size_t right = width - left - 1;
  return fmt::format("{}{}{}", text.substr(0, prefix_size(text, left)), kEllipsis,
                     text.substr(prefix_size(text, have - right)));
}

std::vector<std::string> wrap(std::string_view text, std::size_t width, std::size_t max_lines) {
  width = std::max<std::size_t>(width, 1);
  std::vector<std::string> lines;
  while (!text.empty() && lines.size() < max_lines) {
    const std::size_t size = line_size(text, width);
    lines.emplace_back(text.substr(0, size));
    text.remove_prefix(std::min(text.find_first_not_of(' ', size), text.size()));
  }
  if (!text.empty() && !lines.empty()) {
    std::string& last = lines.back();
    last = last.substr(0, prefix_size(last, width - 1)) + std::string(kEllipsis);
  }
  return lines;
}

std::string join_indented(const std::vector<std::string>& lines, std::size_t indent) {
  return fmt::format("{}", fmt::join(lines, "\n" + std::string(indent, ' ')));
}

}  // namespace luolab
