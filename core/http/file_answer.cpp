// SPDX-License-Identifier: Apache-2.0
#include "core/http/file_answer.h"

#include <sys/stat.h>

#include <fmt/format.h>

#include "core/http/byte_range.h"
#include "core/http/grammar.h"
#include "core/http/problem.h"

namespace luolab {
namespace {

bool has_tag(std::string_view list, std::string_view tag) {
  while (!list.empty()) {
    std::string_view item = take_item(list, ',');
    if (item.starts_with("W/")) item.remove_prefix(2);
    if (item == "*" || item == tag) return true;
  }
  return false;
}

std::string range_asked(const HttpRequest& request, std::string_view entity_tag) {
  if (request.fields.count("Range") != 1) return {};
  if (request.fields.has("If-Range") && request.fields.get("If-Range") != entity_tag) return {};
  return request.fields.get("Range");
}

}  // namespace

HttpResponse file_answer(const HttpRequest& request, const std::filesystem::path& file,
                         std::string_view content_type, std::string_view entity_tag) {
  struct stat facts {};
  if (::stat(file.c_str(), &facts) != 0 || !S_ISREG(facts.st_mode))
    return problem(404, "not-found", "Not Found");
  const auto size = static_cast<std::uint64_t>(facts.st_size);
  HttpResponse response;
  response.fields.add("Accept-Ranges", "bytes");
  if (!entity_tag.empty()) {
    response.fields.add("ETag", std::string(entity_tag));
    if (has_tag(request.fields.get("If-None-Match"), entity_tag)) {
      response.status = 304;
      return response;
    }
  }
  const ByteRange range = parse_byte_range(range_asked(request, entity_tag), size);
  if (range.kind == ByteRange::Kind::unsatisfiable) {
    response = problem(416, "range", "Range Not Satisfiable", fmt::format("it has {} bytes", size));
    response.fields.add("Content-Range", fmt::format("bytes */{}", size));
    return response;
  }
  if (range.kind == ByteRange::Kind::part) {
    response.status = 206;
    response.fields.add("Content-Range", fmt::format("bytes {}-{}/{}", range.offset,
                                                     range.offset + range.length - 1, size));
  }
  response.fields.add("Content-Type", std::string(content_type));
  response.file = HttpResponse::FileRange{file, range.offset, range.length};
  return response;
}

}  // namespace luolab
