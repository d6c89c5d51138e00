// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "core/http/message.h"

namespace luolab {

/// An answer with a file of a known size, or the stretch of it that the request's Range asks for
/// (206, 416). `type` is its media type.
HttpResponse file_content(const HttpRequest& request, const std::filesystem::path& file,
                          std::uint64_t size_bytes, const std::string& type);

}  // namespace luolab
