// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/http/refusal.h"

namespace luolab {

/// A request target in origin form (RFC 9112, 3.2.1), decoded.
struct RequestTarget {
  std::vector<std::string> path;  ///< "/" is none; "/a/" is {"a", ""}
  std::multimap<std::string, std::string> query;
};

/// Pure. Refused: other forms than "/path?query", invalid escapes, encoded slashes, encoded control
/// characters, dot segments however they are written, fragments, more than 8 KiB (414).
Accepted<RequestTarget> parse_target(std::string_view target);

/// "a%20b" -> "a b"; nothing where an escape is not two hexadecimal digits.
std::optional<std::string> percent_decoded(std::string_view text, bool plus_is_space);

/// Everything but RFC 3986's unreserved characters escaped: for one segment or query value.
std::string percent_encoded(std::string_view text);

}  // namespace luolab
