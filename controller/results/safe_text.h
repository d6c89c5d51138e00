// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace luolab {

// Console excerpts and error messages hold whatever a kernel printed. These make them fit to print.

/// Bytes that are no UTF-8 (RFC 3629) become U+FFFD.
std::string valid_utf8(std::string_view text);

/// Valid UTF-8 of several lines: terminal escape sequences are dropped, control characters but
/// newline and tab become spaces.
std::string printable_block(std::string_view text);

/// The same in one line: newlines and tabs become spaces, none at the ends.
std::string one_line(std::string_view text);

/// printable_block with the five XML characters escaped; fit for content and for attributes.
std::string xml_text(std::string_view text);

/// Characters, not bytes, of valid UTF-8: what a terminal shows in one column each.
std::size_t text_width(std::string_view text);

}  // namespace luolab
