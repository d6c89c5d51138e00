// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "core/http/message.h"

namespace luolab {

/// Answers with a file, or with the stretch that the request's Range asks for: 200, 206, 416, or
/// 304 where If-None-Match has `entity_tag` ("\"sha\"", with its quotes; may be empty). With
/// If-Range only the same tag makes a 206. 404 where the file is missing. Looks at the file's size
/// only.
HttpResponse file_answer(const HttpRequest& request, const std::filesystem::path& file,
                         std::string_view content_type, std::string_view entity_tag = {});

}  // namespace luolab
