// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace luolab {

// What RFC 9110's grammar (5.6) is made of. Pure.

/// A method or a field's name: visible ASCII without delimiters, not empty.
bool is_token(std::string_view text);

/// What a field's value may hold: no control characters but the tab.
bool is_field_content(std::string_view text);

/// Without spaces and tabs at both ends.
std::string_view trimmed(std::string_view text);

/// Takes what lies before the next `separator` off `rest`, with the separator; trimmed.
std::string_view take_item(std::string_view& rest, char separator);

/// "Text/HTML" -> "text/html", ASCII only.
std::string small_letters(std::string_view text);

}  // namespace luolab
