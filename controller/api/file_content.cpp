// SPDX-License-Identifier: Apache-2.0
#include "controller/api/file_content.h"

#include <fmt/format.h>

#include "core/http/byte_range.h"
#include "core/http/problem.h"

namespace luolab {

HttpResponse file_content(const HttpRequest& request, const std::filesystem::path& file,
                          std::uint64_t size_bytes, const std::string& type) {
  const ByteRange range = parse_byte_range(request.fields.get("Range"), size_bytes);
  HttpResponse response;
  if (range.kind == ByteRange::Kind::unsatisfiable) {
    response = problem(416, "range-not-satisfiable", "The range is not within the content",
                       fmt::format("there are {} bytes", size_bytes));
    response.fields.add("Content-Range", fmt::format("bytes */{}", size_bytes));
    return response;
  }
  response.fields.add("Content-Type", type);
  response.fields.add("Accept-Ranges", "bytes");
  response.file = {file, 0, size_bytes};
  if (range.kind == ByteRange::Kind::part) {
    response.status = 206;
    response.file = {file, range.offset, range.length};
    response.fields.add("Content-Range", fmt::format("bytes {}-{}/{}", range.offset,
                                                     range.offset + range.length - 1, size_bytes));
  }
  return response;
}

}  // namespace luolab
