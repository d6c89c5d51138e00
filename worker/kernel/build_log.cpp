// SPDX-License-Identifier: Apache-2.0
#include "worker/kernel/build_log.h"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

namespace luolab {
namespace {

using Lines = std::vector<std::string_view>;

constexpr std::size_t kMostLines = 20;

Lines lines_of(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

bool has(std::string_view line, std::string_view part) {
  return line.find(part) != std::string_view::npos;
}

/// "mm/x.c:12:3: error: ..." or "fatal error"; not make's own "*** ... Error 1".
bool is_compiler_error(std::string_view line) {
  return (has(line, ": error: ") || has(line, ": fatal error: ")) && !line.starts_with("make");
}

bool is_linker_error(std::string_view line) {
  return has(line, "undefined reference to") || has(line, "multiple definition of") ||
         (has(line, "ld: ") && !has(line, "warning"));
}

bool is_make_error(std::string_view line) { return line.starts_with("make") && has(line, "*** "); }

/// gcc's source excerpt: "  123 |   code" and the line with the caret.
bool is_excerpt(std::string_view line) {
  const std::size_t first = line.find_first_not_of(' ');
  return first != std::string_view::npos && first > 0 &&
         line.find(" | ", first > 0 ? first - 1 : 0) != std::string_view::npos;
}

bool is_lead_in(std::string_view line) {
  return has(line, ": In function ") || has(line, ": At top level:") ||
         line.starts_with("In file included from") || line.starts_with("                 from ");
}

std::string joined(const Lines& lines, std::size_t from, std::size_t to) {
  std::string text;
  for (std::size_t at = from; at < to; ++at)
    text += std::string(text.empty() ? "" : "\n") + std::string(lines[at]);
  return text;
}

std::string compiler_excerpt(const Lines& lines, std::size_t error) {
  std::size_t from = error;
  while (from > 0 && is_lead_in(lines[from - 1])) --from;
  std::size_t to = error + 1;
  while (to < lines.size() && to - from < kMostLines && is_excerpt(lines[to])) ++to;
  return joined(lines, from, to);
}

std::optional<std::size_t> first_where(const Lines& lines, bool (*matches)(std::string_view)) {
  const auto found = std::find_if(lines.begin(), lines.end(), matches);
  if (found == lines.end()) return std::nullopt;
  return static_cast<std::size_t>(found - lines.begin());
}

bool is_step(std::string_view line) {
  return line.starts_with("  ") && line.size() > 3 && line[2] >= 'A' && line[2] <= 'Z';
}

}  // namespace

std::string first_build_error(std::string_view log) {
  const Lines lines = lines_of(log);
  if (const auto error = first_where(lines, is_compiler_error))
    return compiler_excerpt(lines, *error);
  if (const auto error = first_where(lines, is_linker_error)) {
    return joined(lines, *error, std::min(*error + 3, lines.size()));
  }
  const auto error = first_where(lines, is_make_error);
  if (!error) return {};
  std::size_t from = *error;
  while (from > 0 && *error - from < 5 && !is_step(lines[from - 1])) --from;
  return joined(lines, from, *error + 1);
}

bool MakeProgress::read(std::string_view line) {
  if (!is_step(line)) return false;
  ++steps_;
  if (has(line, "vmlinux.o")) linking_ = true;
  return true;
}

}  // namespace luolab
