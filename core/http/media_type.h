// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace luolab {

/// A Content-Type (RFC 9110, 8.3.1).
struct MediaType {
  std::string type;                               ///< "text/html", in small letters
  std::map<std::string, std::string> parameters;  ///< names in small letters; values unquoted
};

/// Pure. Nothing where it is malformed or names a parameter twice.
std::optional<MediaType> parse_media_type(std::string_view field);

/// Of a file by its extension; "application/octet-stream" where that says nothing.
std::string_view media_type_of(const std::filesystem::path& file);

/// Whether content of this Content-Type gets noticeably smaller.
bool is_compressible(std::string_view content_type);

}  // namespace luolab
