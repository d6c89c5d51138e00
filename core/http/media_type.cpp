// SPDX-License-Identifier: Apache-2.0
#include "core/http/media_type.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/http/grammar.h"

namespace luolab {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 17> kByExtension{{
    {".css", "text/css; charset=utf-8"},
    {".csv", "text/csv; charset=utf-8"},
    {".html", "text/html; charset=utf-8"},
    {".ico", "image/x-icon"},
    {".js", "text/javascript; charset=utf-8"},
    {".json", "application/json"},
    {".log", "text/plain; charset=utf-8"},
    {".map", "application/json"},
    {".mjs", "text/javascript; charset=utf-8"},
    {".patch", "text/plain; charset=utf-8"},
    {".png", "image/png"},
    {".svg", "image/svg+xml"},
    {".txt", "text/plain; charset=utf-8"},
    {".webmanifest", "application/manifest+json"},
    {".woff2", "font/woff2"},
    {".xml", "application/xml"},
    {".yaml", "application/yaml"},
}};

/// Takes a quoted string or a token off `rest`; nothing where there is neither.
std::optional<std::string> take_value(std::string_view& rest) {
  std::string value;
  if (!rest.starts_with('"')) {
    const std::size_t end = std::min(rest.find(';'), rest.size());
    value = trimmed(rest.substr(0, end));
    rest.remove_prefix(end);
    if (!is_token(value)) return {};
    return value;
  }
  for (std::size_t i = 1; i < rest.size(); ++i) {
    if (rest[i] == '"') {
      rest.remove_prefix(i + 1);
      return value;
    }
    if (rest[i] == '\\' && ++i == rest.size()) break;
    value += rest[i];
  }
  return {};
}

bool take_parameter(std::string_view& rest, MediaType& media) {
  const std::size_t equals = rest.find('=');
  if (equals == std::string_view::npos) return false;
  const std::string_view name = trimmed(rest.substr(0, equals));
  rest.remove_prefix(equals + 1);
  if (!is_token(name)) return false;
  auto value = take_value(rest);
  return value && media.parameters.emplace(small_letters(name), std::move(*value)).second;
}

}  // namespace

std::optional<MediaType> parse_media_type(std::string_view field) {
  const std::size_t end = std::min(field.find(';'), field.size());
  const std::string_view type = trimmed(field.substr(0, end));
  const std::size_t slash = type.find('/');
  if (slash == std::string_view::npos) return {};
  if (!is_token(type.substr(0, slash)) || !is_token(type.substr(slash + 1))) return {};
  MediaType media{small_letters(type), {}};
  std::string_view rest = field.substr(end);
  for (rest = trimmed(rest); !rest.empty(); rest = trimmed(rest)) {
    if (rest.front() != ';') return {};
    rest.remove_prefix(1);
    rest = trimmed(rest);
    if (rest.empty() || rest.front() == ';') continue;
    if (!take_parameter(rest, media)) return {};
  }
  return media;
}

std::string_view media_type_of(const std::filesystem::path& file) {
  const std::string extension = small_letters(file.extension().string());
  for (const auto& [known, type] : kByExtension) {
    if (known == extension) return type;
  }
  return "application/octet-stream";
}

bool is_compressible(std::string_view content_type) {
  const auto media = parse_media_type(content_type);
  if (!media) return false;
  const std::string_view type = media->type;
  if (type == "text/event-stream") return false;
  return type.starts_with("text/") || type.ends_with("+json") || type.ends_with("+xml") ||
         type == "application/json" || type == "application/xml" || type == "application/yaml" ||
         type == "application/x-ndjson" || type == "application/javascript";
}

}  // namespace luolab
