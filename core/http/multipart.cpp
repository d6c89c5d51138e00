// SPDX-License-Identifier: Apache-2.0
#include "core/http/multipart.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/http/grammar.h"
#include "core/http/media_type.h"

namespace luolab {
namespace {

constexpr std::size_t kMostHeadBytes = 8 << 10;
constexpr std::size_t kMostBoundaryBytes = 70;  // RFC 2046, 5.1.1

Error form_error(std::string_view what) { return scenario_error(fmt::format("form: {}", what)); }

Result<std::string> boundary_of(std::string_view content_type) {
  const auto media = parse_media_type(content_type);
  if (!media || media->type != "multipart/form-data")
    return form_error(fmt::format("Content-Type \"{}\" is not multipart/form-data", content_type));
  const auto boundary = media->parameters.find("boundary");
  if (boundary == media->parameters.end() || boundary->second.empty() ||
      boundary->second.size() > kMostBoundaryBytes || !is_field_content(boundary->second)) {
    return form_error("Content-Type has no boundary of 1 to 70 characters");
  }
  return boundary->second;
}

/// Splits at the delimiter lines; checks that each is a whole line and that the last one closes.
class FormCutter {
 public:
  FormCutter(std::string_view body, std::string_view boundary)
      : rest_(body), delimiter_(fmt::format("\r\n--{}", boundary)) {}

  /// Skips what comes before the first part.
  bool begin() {
    const std::string_view first = std::string_view(delimiter_).substr(2);
    if (rest_.starts_with(first)) {
      rest_.remove_prefix(first.size());
      return true;
    }
    return skip_to_delimiter();
  }
  /// After a delimiter: whether it was the last one.
  bool closed() const { return rest_.starts_with("--"); }
  /// What lies between this delimiter's line and the next delimiter.
  bool take(std::string_view& part) {
    const std::size_t line_end = rest_.find("\r\n");
    if (line_end == std::string_view::npos || !trimmed(rest_.substr(0, line_end)).empty())
      return false;
    const std::string_view from = rest_.substr(line_end);  // an empty part's line break is shared
    rest_ = from;
    if (!skip_to_delimiter()) return false;
    const std::size_t length = from.size() - rest_.size() - delimiter_.size();
    part = length >= 2 ? from.substr(2, length - 2) : std::string_view();
    return true;
  }

 private:
  bool skip_to_delimiter() {
    const std::size_t at = rest_.find(delimiter_);
    if (at == std::string_view::npos) return false;
    rest_.remove_prefix(at + delimiter_.size());
    return true;
  }

  std::string_view rest_;
  std::string delimiter_;
};

/// "form-data; name=x" -> its parameters, read like those of a media type.
std::optional<MediaType> parse_disposition(std::string_view value) {
  const std::size_t end = std::min(value.find(';'), value.size());
  if (small_letters(trimmed(value.substr(0, end))) != "form-data") return {};
  return parse_media_type("multipart/form-data" + std::string(value.substr(end)));
}

std::string last_component(std::string_view path) {
  return std::string(path.substr(path.find_last_of("/\\") + 1));
}

/// The reason where a header line is no good; empty otherwise.
std::string read_line(std::string_view line, FormPart& part, bool& named) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || !is_token(line.substr(0, colon)) ||
      !is_field_content(line)) {
    return "malformed header line";
  }
  const std::string name = small_letters(line.substr(0, colon));
  const std::string_view value = trimmed(line.substr(colon + 1));
  if (name == "content-type") part.content_type = value;
  if (name != "content-disposition") return {};
  const auto disposition = parse_disposition(value);
  if (!disposition || named || !disposition->parameters.contains("name"))
    return "Content-Disposition is not one form-data; name=\"...\"";
  named = true;
  part.name = disposition->parameters.at("name");
  const auto filename = disposition->parameters.find("filename");
  if (filename != disposition->parameters.end()) part.filename = last_component(filename->second);
  return {};
}

Result<FormPart> parse_part(std::string_view text, std::size_t number) {
  const auto wrong = [number](std::string_view what) {
    return form_error(fmt::format("part {}: {}", number, what));
  };
  FormPart part;
  part.content_type = "text/plain";
  bool named = false;
  std::size_t head_bytes = 0;
  for (;;) {
    const std::size_t end = text.find("\r\n");
    if (end == std::string_view::npos) return wrong("no empty line after its header");
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 2);
    if (line.empty()) break;
    head_bytes += end;
    if (head_bytes > kMostHeadBytes) return wrong("header over 8 KiB");
    if (const std::string reason = read_line(line, part, named); !reason.empty())
      return wrong(reason);
  }
  if (!named) return wrong("no Content-Disposition");
  part.bytes = text;
  return part;
}

}  // namespace

Result<std::vector<FormPart>> parse_form(std::string_view content_type, std::string_view body,
                                         std::size_t most_parts) {
  const auto boundary = boundary_of(content_type);
  if (!boundary) return boundary.error();
  FormCutter cutter(body, *boundary);
  if (!cutter.begin()) return form_error("the boundary is nowhere in the body");
  std::vector<FormPart> parts;
  while (!cutter.closed()) {
    if (parts.size() == most_parts)
      return form_error(fmt::format("more than {} parts", most_parts));
    const std::size_t number = parts.size() + 1;
    std::string_view text;
    if (!cutter.take(text)) return form_error(fmt::format("part {} has no end", number));
    auto part = parse_part(text, number);
    if (!part) return part.error();
    parts.push_back(std::move(*part));
  }
  return parts;
}

}  // namespace luolab
