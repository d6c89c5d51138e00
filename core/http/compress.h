// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "core/http/message.h"

namespace luolab {

enum class ContentCoding { identity, gzip, zstd };

/// Pure: the coding to use for a client's Accept-Encoding (RFC 9110, 12.5.3): of those it likes
/// best, zstd before gzip. identity where there is no such field, or nothing else is accepted.
ContentCoding choose_coding(std::string_view accept_encoding);

/// The bytes in that coding. Throws std::runtime_error where the library refuses.
std::string compressed(ContentCoding coding, std::string_view bytes);

/// Compresses the answer's body where it has more than 1 KiB, its media type is worth it and the
/// client accepts it. Adds Vary to every answer that might have been. Leaves files, streams,
/// ranges, bodies over 8 MiB and what has a Content-Encoding as they are. Pure; takes some 10 ms
/// per MiB.
void compress_answer(const HttpRequest& request, HttpResponse& response);

}  // namespace luolab
