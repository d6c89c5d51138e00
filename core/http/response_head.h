// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/http/message.h"

namespace luolab {

/// What the server adds to a response's own fields.
struct ResponseFraming {
  int minor = 1;  ///< of the request's version
  bool keep_alive = true;
  std::optional<std::uint64_t> length;  ///< none: a stream
  std::string_view date;
};

/// Pure: status line and fields, with the empty line. Throws std::invalid_argument where a field
/// has a line break or another control character in it (a handler's mistake: response splitting).
std::string response_head(const HttpResponse& response, const ResponseFraming& framing);

/// Whether a response with this status can have content (RFC 9110, 6.4.1).
bool may_have_content(int status);

}  // namespace luolab
