// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace luolab {

// Widths are in columns of a terminal; text is valid UTF-8 of one line.

/// Filled with spaces on the right up to `width`.
std::string pad(std::string_view text, std::size_t width);

/// At most `width` wide: the middle gives way to an ellipsis, since names differ at their ends.
std::string shorten(std::string_view text, std::size_t width);

/// Lines of at most `width`, broken between words where that is possible; at most `max_lines`, the
/// last one ending in an ellipsis where text is left over.
std::vector<std::string> wrap(std::string_view text, std::size_t width, std::size_t max_lines);

/// `lines` joined by a newline and `indent` spaces.
std::string join_indented(const std::vector<std::string>& lines, std::size_t indent);

}  // namespace luolab
